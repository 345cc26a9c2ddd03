import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import { test } from 'node:test';
import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ParserMemory } from '../../../src/instrument/http/parser-memory.ts';

const first = ROOT_CONTEXT.setValue(createContextKey('first'), true);
const second = ROOT_CONTEXT.setValue(createContextKey('second'), true);

test('where the async resource keeps the context, it can be made to forget it, and no other', () => {
  const key = Symbol('kept');
  const resource = new AsyncResource('TEST') as unknown as Record<symbol, unknown> & AsyncResource;
  const memory = new ParserMemory();
  const inside = <T>(attached: unknown, fn: () => T): T =>
    resource.runInAsyncScope(() => {
      resource[key] = attached;
      return fn();
    });
  const holder = inside(first, () => memory.holderOf(first));
  assert.equal(holder, resource);
  memory.forget(resource, second);
  assert.equal(resource[key], first);
  inside(second, () => memory.holderOf(second));
  memory.forget(resource, first);
  assert.equal(resource[key], second);
  memory.forget(resource, second);
  assert.equal(resource[key], undefined);
});

test('where nothing is kept there, nothing is looked for again', () => {
  const memory = new ParserMemory();
  assert.equal(memory.holderOf(first), undefined);
  const resource = new AsyncResource('TEST') as unknown as Record<symbol, unknown> & AsyncResource;
  resource[Symbol('late')] = first;
  assert.equal(
    resource.runInAsyncScope(() => memory.holderOf(first)),
    undefined,
  );
});

test('after forgetting, what runs in the resource of Node.js itself has no context', () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const memory = new ParserMemory();
  const resource = new AsyncResource('TEST');
  const holder = resource.runInAsyncScope(() => {
    context.attach(first);
    return memory.holderOf(first);
  });
  if (holder !== undefined) {
    assert.equal(
      resource.runInAsyncScope(() => context.active()),
      first,
    );
    memory.forget(holder, first);
  }
  assert.equal(
    resource.runInAsyncScope(() => context.active()),
    ROOT_CONTEXT,
  );
  context.disable();
});

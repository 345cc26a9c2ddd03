import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from '@opentelemetry/api';
import * as fc from 'fast-check';
import { createContextKey, ROOT_CONTEXT } from '../../src/trace/context.ts';

const spanKey = api.createContextKey('OpenTelemetry Context Key SPAN');
const keys = [spanKey, ...['a', 'b', 'c', 'd'].map((name) => api.createContextKey(name)), Symbol('of its own')];

const anyChange = fc.record({
  /** Which of the contexts made so far is the one that the new one comes from. */
  from: fc.nat(),
  key: fc.constantFrom(...keys),
  value: fc.oneof(fc.integer(), fc.constantFrom(undefined, null, false)),
  isDelete: fc.boolean(),
});

test('whatever is set and deleted, each context has the values that the API’s own would have, for good', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 30 }), (changes) => {
      const pairs: [ours: api.Context, theirs: api.Context][] = [[ROOT_CONTEXT, api.ROOT_CONTEXT]];
      for (const { from, key, value, isDelete } of changes) {
        const pair = pairs[from % pairs.length] as [api.Context, api.Context];
        const [ours, theirs] = pair.map((one) => (isDelete ? one.deleteValue(key) : one.setValue(key, value)));
        if (ours && theirs) pairs.push([ours, theirs]);
      }
      for (const [ours, theirs] of pairs) {
        for (const key of keys) assert.equal(ours.getValue(key), theirs.getValue(key));
      }
    }),
  );
});

test('keys are those of every copy of the API', () => {
  assert.equal(createContextKey('a'), api.createContextKey('a'));
});

test('the API puts its span where ours has the place for it', () => {
  const span = api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT);
  const other = ROOT_CONTEXT.setValue(keys[1] as symbol, 1);
  const context = api.trace.setSpan(other, span);
  assert.equal(api.trace.getSpan(context), span);
  assert.equal(context.getValue(keys[1] as symbol), 1);
  assert.equal(api.trace.getSpan(api.trace.deleteSpan(context)), undefined);
});

test('a value that is set a hundred thousand times makes the context no larger', () => {
  let context = ROOT_CONTEXT;
  // a list that grew would overflow the stack of the one that walks it
  for (let at = 0; at < 100_000; at++) for (const key of keys) context = context.setValue(key, at);
  for (const key of keys) assert.equal(context.getValue(key), 99_999);
});

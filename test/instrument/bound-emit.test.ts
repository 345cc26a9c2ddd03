import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, test } from 'node:test';
import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { bindEmit, carryBound } from '../../src/instrument/bound-emit.ts';
import { carry } from '../../src/instrument/carried.ts';
import { recordSpans, thrownBy } from '../span/recorded-spans.ts';

recordSpans();
const { emit } = EventEmitter.prototype as { emit: unknown };
afterEach(() => assert.equal(Reflect.get(EventEmitter.prototype, 'emit'), emit));

class Emitter extends EventEmitter {}
bindEmit(Emitter.prototype);

const own: Context = ROOT_CONTEXT.setValue(createContextKey('own'), true);

function carrying(): { emitter: Emitter; noted: unknown[][] } {
  const emitter = new Emitter();
  const noted: unknown[][] = [];
  carry(emitter, { context: own, note: (...args) => void noted.push(args) });
  return { emitter, noted };
}

test('listeners are called with their values, in the context of the exchange, and the caller keeps his', () => {
  const { emitter } = carrying();
  const seen: unknown[] = [];
  emitter.on('some', (...values) => seen.push(values, context.active() === own));
  assert.equal(emitter.emit('some', 1, 2, 3), true);
  assert.deepEqual(seen, [[1, 2, 3], true]);
  assert.equal(context.active(), ROOT_CONTEXT);
});

test('an event is noted before its listeners; without any, emit gives false, and those that end something are noted', () => {
  const { emitter, noted } = carrying();
  emitter.on('heard', () => noted.push(['listener']));
  assert.equal(emitter.emit('heard', 1), true);
  assert.equal(emitter.emit('unheard', 2, 3), false);
  assert.equal(emitter.emit('close', 4), false);
  assert.deepEqual(noted, [[emitter, 'heard', 1], ['listener'], [emitter, 'close', 4]]);
});

test("Node.js's own listener to the end of a request is called as it is, one of the app beside it in the context", () => {
  const { emitter } = carrying();
  const seen: boolean[] = [];
  function clearIncoming(): void {
    seen.push(context.active() === own);
  }
  emitter.on('end', clearIncoming).emit('end');
  emitter.on('end', () => seen.push(context.active() === own)).emit('end');
  assert.deepEqual(seen, [false, true, true]);
});

test('an emitter without an exchange is as ever', () => {
  const emitter = new Emitter();
  let seen: Context | undefined;
  emitter.on('some', () => {
    seen = context.active();
  });
  assert.equal(emitter.emit('some'), true);
  assert.equal(emitter.emit('other'), false);
  assert.equal(seen, ROOT_CONTEXT);
});

test('what a listener throws comes through, and the caller keeps his context', () => {
  const { emitter } = carrying();
  const error = new Error('mine');
  emitter.on('some', () => {
    throw error;
  });
  assert.equal(
    thrownBy(() => emitter.emit('some')),
    error,
  );
  assert.equal(context.active(), ROOT_CONTEXT);
});

test('an error that nobody listens to is thrown, noted, and has errorMonitor told first', () => {
  const { emitter, noted } = carrying();
  const error = new Error('mine');
  const monitored: unknown[] = [];
  emitter.on(EventEmitter.errorMonitor, (one) => monitored.push(one));
  assert.equal(
    thrownBy(() => emitter.emit('error', error)),
    error,
  );
  assert.deepEqual(noted[0], [emitter, 'error', error]);
  assert.deepEqual(monitored, [error]);
});

test('an emit that its own class has is called; so is one that its parent gets later', () => {
  class Parent extends EventEmitter {}
  class Child extends Parent {
    override emit(event: string, ...values: unknown[]): boolean {
      return super.emit(`${event}!`, ...values);
    }
  }
  bindEmit(Child.prototype);
  const child = new Child();
  const seen: unknown[] = [];
  carry(child, { context: own, note() {} });
  child.on('some', () => {}).on('some!', (value) => seen.push(value));
  child.emit('some', 1);
  assert.deepEqual(seen, [1]);

  class Late extends Parent {}
  bindEmit(Late.prototype);
  Object.defineProperty(Parent.prototype, 'emit', { configurable: true, value: () => 'replaced' });
  assert.equal(new Late().emit('some'), 'replaced');
});

test('a stand-in that does not inherit is bound by itself', () => {
  const stranger = new EventEmitter();
  let seen: Context | undefined;
  stranger.on('some', () => {
    seen = context.active();
  });
  carryBound(stranger, { context: own, note() {} });
  stranger.emit('some');
  assert.equal(seen, own);
  const { emitter } = carrying();
  carryBound(emitter, { context: own, note() {} });
  assert.deepEqual(Object.hasOwn(emitter, 'emit'), false);
});

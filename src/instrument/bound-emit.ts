import { EventEmitter } from 'node:events';
import { context } from '@opentelemetry/api';
import { carriedBy, carry } from './carried.ts';
import type { Exchange } from './exchange.ts';

type Emit = (this: EventEmitter, event: string | symbol, ...values: unknown[]) => boolean;
type Emitter = { emit: Emit };

const bound = new WeakSet<Emit>();

/**
 * Has all listeners of requests, responses and calls called in their exchange's context, wherever the event comes from: a
 * chunk of the body, the next tick, or the end of a connection that has served others before.
 *
 * One method of the prototype does it for all, without anything on the single object, and an event that nobody listens to
 * (most of them) ends right here. It is one line in the stack of what a listener throws.
 */
export function bindEmit(prototype: EventEmitter): void {
  const own = Object.hasOwn(prototype, 'emit') ? (prototype as Emitter).emit : undefined;
  // Looked up each time: `node:domain` puts its own in the place of the inherited one whenever it is loaded.
  const parent = Object.getPrototypeOf(prototype) as Emitter;
  function boundEmit(this: EventEmitter, event: string | symbol, value?: unknown): boolean {
    const emit = own ?? (parent.emit === boundEmit ? hidden : parent.emit);
    const exchange = carriedBy(this);
    // oxlint-disable-next-line prefer-rest-params
    if (exchange === undefined) return Reflect.apply(emit, this, arguments) as boolean;
    exchange.note(this, event, value);
    if (this.listenerCount(event) === 0) return event === 'error' && emitUnhandled(emit, this, value, boundEmit);
    // oxlint-disable-next-line prefer-rest-params
    if (context.active() === exchange.context) return Reflect.apply(emit, this, arguments) as boolean;
    const token = context.attach(exchange.context);
    try {
      // oxlint-disable-next-line prefer-rest-params
      return Reflect.apply(emit, this, arguments) as boolean;
    } finally {
      token.dispose();
    }
  }
  Object.defineProperty(boundEmit, 'name', { value: 'emit' });
  bound.add(boundEmit);
  (prototype as Emitter).emit = boundEmit;
}

/** `EventEmitter.prototype.emit` while `boundEmit` stands in its place. */
let hidden: Emit = (EventEmitter.prototype as Emitter).emit;

/**
 * Emits an error that nobody listens to, which throws it. Node.js then prints where it was emitted, from the caller of
 * `EventEmitter.prototype.emit` on: for that moment this is `boundEmit`, so that nothing of ours is printed.
 */
function emitUnhandled(emit: Emit, emitter: EventEmitter, error: unknown, boundEmit: Emit): boolean {
  const everywhere = EventEmitter.prototype as Emitter;
  const before = everywhere.emit;
  hidden = before;
  everywhere.emit = boundEmit;
  try {
    return Reflect.apply<EventEmitter, ['error', unknown], boolean>(emit, emitter, ['error', error]);
  } finally {
    everywhere.emit = before;
  }
}

/** Gives an exchange one of its emitters, which need not be of Node.js's own classes: apps bring stand-ins for tests. */
export function carryBound(emitter: EventEmitter, exchange: Exchange): void {
  carry(emitter, exchange);
  if (!bound.has((emitter as Emitter).emit)) bindEmit(emitter);
}

/** The same for an emitter of a class that Node.js does not export; all others of its class are bound with it. */
export function carryBoundClass(emitter: EventEmitter, exchange: Exchange): void {
  carry(emitter, exchange);
  if (!bound.has((emitter as Emitter).emit)) bindEmit(Object.getPrototypeOf(emitter) as EventEmitter);
}

import { EventEmitter } from 'node:events';
import { context } from '@opentelemetry/api';
import { carriedBy, carry } from './carried.ts';
import type { Exchange } from './exchange.ts';

type Emit = (this: EventEmitter, event: string | symbol, ...values: unknown[]) => boolean;
type Emitter = { emit: Emit };

const bound = new WeakSet<Emit>();

/** Of what nobody listens to, which is most of all events, exchanges are told of these. */
const NOTED = new Set<string | symbol>(['cancelled', 'close', 'end', 'error', 'finish', 'response', 'status']);

/** Node.js's own emit, or what others have put in its place before us. */
const plainEmit = (EventEmitter.prototype as Emitter).emit;

/**
 * Has all listeners of requests, responses and calls called in their exchange's context, wherever the event comes from: a
 * chunk of the body, the next tick, or the end of a connection that has served others before.
 *
 * One method of the prototype does it for all, without anything on the single object. It is one line in the stack of what
 * a listener throws. A request emits eight times: `arguments` handed on were 1.5 KB of garbage, values in a list are 0.3.
 */
export function bindEmit(prototype: EventEmitter): void {
  const own = Object.hasOwn(prototype, 'emit') ? (prototype as Emitter).emit : undefined;
  // Looked up each time: `node:domain` puts its own in the place of the inherited one whenever it is loaded.
  const parent = Object.getPrototypeOf(prototype) as Emitter;
  function boundEmit(this: EventEmitter, event: string | symbol, ...values: unknown[]): boolean {
    const emit = own ?? (parent.emit === boundEmit ? hidden : parent.emit);
    const isHeard = this.listenerCount(event) > 0;
    if (!isHeard && emit === plainEmit && !NOTED.has(event)) return false;
    const exchange = carriedBy(this);
    exchange?.note(this, event, values[0]);
    if (exchange !== undefined && !isHeard) return event === 'error' && emitUnhandled(emit, this, values[0], boundEmit);
    const isAttached =
      exchange === undefined || context.active() === exchange.context || (event === 'end' && isLeftToNode(this));
    const token = isAttached ? undefined : context.attach(exchange.context);
    try {
      switch (values.length) {
        case 0:
          return emit.call(this, event);
        case 1:
          return emit.call(this, event, values[0]);
        default:
          return Reflect.apply(emit, this, [event, ...values]);
      }
    } finally {
      token?.dispose();
    }
  }
  Object.defineProperty(boundEmit, 'name', { value: 'emit' });
  bound.add(boundEmit);
  (prototype as Emitter).emit = boundEmit;
}

let nodesOwn: unknown;

/**
 * Whether only Node.js waits for the end of a request that has been answered, as with nearly all requests. It does
 * nothing then that would look at a context, and there and back is as dear as all else here.
 */
function isLeftToNode(emitter: EventEmitter): boolean {
  const listeners = emitter.rawListeners('end');
  const [listener] = listeners;
  if (listeners.length !== 1) return false;
  // to ask a function for its name is a call into the runtime
  if (listener !== nodesOwn && listener?.name === 'clearIncoming') nodesOwn = listener;
  return listener === nodesOwn;
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

import { type Context, context, type Span, type SpanOptions, trace, type Tracer } from '@opentelemetry/api';
import { atEndOf } from '../at-end-of.ts';
import { Itself } from '../carried.ts';
import { recordError } from '../record-error.ts';
import type { HandlerMessage } from './fastify.ts';

type Attached = ReturnType<typeof context.attach>;

/** How Fastify binds a handler to its instance. */
const BOUND = 'bound ';

/**
 * One call of a route's handler, told of by what Fastify publishes around it: its span is over when the handler has returned,
 * or when its promise is settled, at the latest with the response.
 *
 * The span is the active one while the handler runs, and in all that it goes on with. What Fastify does with the answer of a
 * promise, or with an error, is outside of it again. It is kept in Fastify's message, as `carried.ts` keeps an exchange.
 */
export class HandlerCall extends Itself {
  readonly #span: Span;
  /** In which the handler was called, and what comes after it. */
  readonly #before: Context;
  /** Undefined when the handler has returned. */
  #inside: Attached | undefined;
  #after: Attached | undefined = undefined;

  private constructor(message: HandlerMessage, span: Span, before: Context) {
    super(message);
    this.#span = span;
    this.#before = before;
    this.#inside = context.attach(trace.setSpan(before, span));
  }

  /** The handler is about to be called. */
  static start(tracer: Tracer, message: HandlerMessage): void {
    const before = context.active();
    if (trace.getSpan(before) === undefined) return;
    const { name, options } = describe(message);
    void new HandlerCall(message, tracer.startSpan(name, options, before), before);
  }

  /** The handler has thrown, its promise is rejected, or a hook before it has failed. */
  static fail(this: void, message: HandlerMessage): void {
    if (!(#span in message)) return;
    if (!message.async) HandlerCall.#leave(message);
    if (message.#span.isRecording()) recordError(message.#span, message.error);
  }

  /** The handler has returned. */
  static end(this: void, message: HandlerMessage): void {
    if (!(#span in message)) return;
    HandlerCall.#leave(message);
    if (!message.async) return HandlerCall.#finish(message);
    if (!message.#span.isRecording()) return;
    // Of a handler that takes the response over by `reply.hijack()` nothing else comes.
    atEndOf(message.reply.raw, () => HandlerCall.#finish(message));
  }

  /** The promise of the handler is settled, and Fastify answers by it. */
  static settle(this: void, message: HandlerMessage): void {
    if (!(#span in message)) return;
    HandlerCall.#finish(message);
    message.#after = context.attach(message.#before);
  }

  /** Fastify has answered. */
  static settled(this: void, message: HandlerMessage): void {
    if (!(#span in message)) return;
    message.#after?.dispose();
    message.#after = undefined;
  }

  static #finish(call: HandlerCall): void {
    if (call.#span.isRecording()) call.#span.end();
  }

  static #leave(call: HandlerCall): void {
    call.#inside?.dispose();
    call.#inside = undefined;
  }
}

/** As `@fastify/otel` names it. */
function describe({ request, route }: HandlerMessage): { readonly name: string; readonly options: SpanOptions } {
  const { pluginName } = request.server;
  const { name = '' } = request.routeOptions.handler ?? {};
  const callback = name.startsWith(BOUND) ? name.slice(BOUND.length) : name;
  const attributes = {
    'http.route': route.url,
    'fastify.type': 'request-handler',
    'hook.name': `${pluginName} - route-handler`,
    'hook.callback.name': callback || 'anonymous',
  };
  return { name: `handler - ${callback || pluginName}`, options: { attributes } };
}

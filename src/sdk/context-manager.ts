import { type Context, ROOT_CONTEXT, type TextMapPropagator, defaultTextMapGetter, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/** What the environment says of the trace in which this process was started, as W3C's headers have it. */
export interface StartingTrace {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
}

/** Where nothing else is active, `start` is. */
class StartedContextManager extends AsyncLocalStorageContextManager {
  readonly #start: Context;

  constructor(start: Context) {
    super();
    this.#start = start;
  }

  /** Not by `super.active()`: the root context may have been made active, as it is for a request without a trace. */
  override active(): Context {
    return (this['_asyncLocalStorage'] as { getStore(): Context | undefined }).getStore() ?? this.#start;
  }
}

/**
 * Makes a context manager for a program that another has started as a part of its own trace: a command of a build, say.
 *
 * @returns undefined where the environment names no trace, or none that the propagator reads: the SDK's own will do
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
export function createContextManager(
  { traceparent, ...others }: StartingTrace,
  propagator: TextMapPropagator | null,
): AsyncLocalStorageContextManager | undefined {
  if (traceparent === undefined || propagator === null) return undefined;
  const given = Object.entries({ traceparent, ...others }).filter(([, value]) => value !== undefined);
  const start = propagator.extract(ROOT_CONTEXT, Object.fromEntries(given), defaultTextMapGetter);
  return trace.getSpanContext(start) === undefined ? undefined : new StartedContextManager(start).enable();
}

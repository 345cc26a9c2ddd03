import {
  type Context,
  context,
  diag,
  INVALID_SPAN_CONTEXT,
  INVALID_TRACEID,
  ProxyTracerProvider,
  type Span,
  type SpanOptions as ApiSpanOptions,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { failSpan } from './end-span.ts';
import { endWith } from './end-with.ts';
import { type ScopedSpan, toScopedSpan } from './scoped-span.ts';
import { parentContext, type SpanOptions } from './span-options.ts';
import { createTraced, type Traced } from './traced.ts';

/**
 * Runs `fn` inside a new span and gives back what it gives back.
 *
 * The span is active inside `fn` and in everything that `fn` starts, so that spans made there become its children. It
 * lasts until `fn` returns; until its promise settles; until its generator is done, returned or thrown into. Any other
 * thenable (a query builder, say) is the same object again: the span lasts until it settles if it is awaited in the
 * same turn of the event loop.
 *
 * An error is recorded as an `exception` event with status ERROR, and thrown on, the very same. A span that `fn` ends
 * itself is not ended again. Without tracing `fn` is called with a span that does nothing.
 *
 * @param name low in variety: `GetUserInfo`, not `GetUserInfo 4711`
 * @throws what `fn` throws, nothing of its own
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation
 */
export interface WithSpan {
  <Result>(name: string, fn: (span: Span) => Result): Result;
  <Result>(name: string, options: SpanOptions | undefined, fn: (span: Span) => Result): Result;
}

/**
 * Starts a span that ends with its scope: `using span = startSpan('GetUserInfo')`, or by `span.end()`.
 *
 * The span is not active: a scope cannot tell an async function's later half from its caller. Where spans made inside
 * must become its children, use {@link WithSpan} or hand it on as their `parent`. A scope that an error leaves does not
 * tell the span of it; record it by `span.recordException(error)` or use {@link WithSpan}.
 *
 * @param name low in variety: `GetUserInfo`, not `GetUserInfo 4711`
 * @returns a span, never undefined: one that does nothing without tracing
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation
 */
export type StartSpan = (name: string, options?: SpanOptions, parent?: Context) => ScopedSpan;

/** An OpenTelemetry `Tracer` whose spans can be scoped, with the helper's functions bound to its name. */
export interface NamedTracer extends Tracer {
  readonly withSpan: WithSpan;
  readonly startSpan: StartSpan;
  readonly traced: Traced;
}

const tracers = new Map<string, NamedTracer>();

/**
 * The helper under an instrumentation scope name of its own: `tracer('UserSrvServer').withSpan('GetUserInfo', …)`.
 *
 * It is a whole OpenTelemetry `Tracer` too. Its functions need no `this`, and it may be made before tracing starts.
 *
 * @param name whose spans these are: a class, a module, a package; shown as `otel.library.name` (Jaeger) or `otel.scope.name`
 * @param version of what `name` names; default: none
 * @returns the same object for the same name and version
 * @see https://opentelemetry.io/docs/specs/otel/trace/api/#get-a-tracer
 */
export function tracer(name: string, version?: string): NamedTracer {
  const key = version === undefined ? name : `${name}@${version}`;
  let known = tracers.get(key);
  if (known === undefined) {
    known = createTracer(name, version);
    tracers.set(key, known);
  }
  return known;
}

/** What `startSpan` gives, and `withSpan` hands on, while no tracer provider is registered. */
const offSpan: ScopedSpan = toScopedSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));

function createTracer(name: string, version: string | undefined): NamedTracer {
  const source = createTracerSource(name, version);

  function withSpan<Result>(
    spanName: string,
    optionsOrFn: SpanOptions | undefined | ((span: Span) => Result),
    maybeFn?: (span: Span) => Result,
  ): Result {
    const options = typeof optionsOrFn === 'function' ? undefined : optionsOrFn;
    const fn = typeof optionsOrFn === 'function' ? optionsOrFn : (maybeFn as (span: Span) => Result);
    const from = source.current();
    if (from === undefined) return fn(offSpan);
    const parent = parentContext(options);
    const span = startSafely(from, spanName, options, parent);
    // tracing is suppressed here: nobody records and there is no trace to carry on
    if (!span.isRecording() && span.spanContext().traceId === INVALID_TRACEID) return fn(span);
    const scope = trace.setSpan(parent, span);
    let result: Result;
    try {
      result = context.with(scope, fn, undefined, span);
    } catch (error) {
      failSpan(span, error);
      throw error;
    }
    return endWith(span, scope, result);
  }

  return {
    withSpan,
    startSpan(spanName, options, parent) {
      const from = source.current();
      if (from === undefined) return offSpan;
      return toScopedSpan(startSafely(from, spanName, options, parent ?? parentContext(options)));
    },
    startActiveSpan: ((...args: Parameters<Tracer['startActiveSpan']>) =>
      trace.getTracer(name, version).startActiveSpan(...args)) as Tracer['startActiveSpan'],
    traced: createTraced(withSpan),
  };
}

interface TracerSource {
  /** @returns undefined while no tracer provider is registered */
  current(): Tracer | undefined;
}

const noProvider: TracerProvider = new ProxyTracerProvider().getDelegate();

/**
 * Keeps the tracer for as long as the provider stays the same. Asking the provider each time, and letting its tracer
 * find out that there is nothing to do, cost 60 to 90 ns a `withSpan` while off; this costs 8 (Node.js 20, 24, 26).
 */
function createTracerSource(name: string, version: string | undefined): TracerSource {
  let provider: TracerProvider | undefined;
  let proxy: ProxyTracerProvider | undefined;
  let known: Tracer;
  return {
    current() {
      const now = trace.getTracerProvider();
      if (now !== provider) {
        provider = now;
        proxy = now instanceof ProxyTracerProvider ? now : undefined;
        known = now.getTracer(name, version);
      }
      return proxy !== undefined && proxy.getDelegate() === noProvider ? undefined : known;
    },
  };
}

/** A sampler or processor that throws costs the span, not the call. */
function startSafely(from: Tracer, name: string, options: ApiSpanOptions | undefined, parent: Context): Span {
  try {
    return from.startSpan(name, options, parent);
  } catch (error) {
    diag.error(`otel-preload: the span ${name} could not be started`, error);
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
}

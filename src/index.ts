import { type StartSpan, tracer, type WithSpan } from './span/tracer.ts';
import type { Traced } from './span/traced.ts';

export { currentTraceId, recordError, setAttributes } from './span/active-span.ts';
export { forceFlush, shutdown, stats } from './span/runtime.ts';
export type { Runtime, RuntimeStats } from './span/runtime.ts';
export type { ScopedSpan } from './span/scoped-span.ts';
export type { SpanOptions } from './span/span-options.ts';
export { tracer } from './span/tracer.ts';
export type { NamedTracer, StartSpan, WithSpan } from './span/tracer.ts';
export type { Traced, TracedOptions } from './span/traced.ts';

const helper = tracer('otel-preload');

/** {@inheritDoc WithSpan} Its instrumentation scope is `otel-preload`; `tracer(name).withSpan` has one of its own. */
export const withSpan: WithSpan = helper.withSpan;

/** {@inheritDoc StartSpan} Its instrumentation scope is `otel-preload`; `tracer(name).startSpan` has one of its own. */
export const startSpan: StartSpan = helper.startSpan;

/** {@inheritDoc Traced} Its instrumentation scope is `otel-preload`; `tracer(name).traced` has one of its own. */
export const traced: Traced = helper.traced;

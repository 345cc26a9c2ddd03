import {
  type Context,
  type ContextManager,
  ROOT_CONTEXT,
  type TextMapPropagator,
  defaultTextMapGetter,
  trace,
} from '@opentelemetry/api';
import { FrameContextManager } from '../trace/frame-context-manager.ts';

/** What the environment says of the trace in which this process was started, as W3C's headers have it. */
export interface StartingTrace {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
}

/**
 * Makes the context manager of the process, which may be a program that another has started as a part of its own trace: a
 * command of a build, say.
 *
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
export function createContextManager(starting: StartingTrace, propagator: TextMapPropagator | null): ContextManager {
  return new FrameContextManager(startOf(starting, propagator)).enable();
}

/** @returns the root context where the environment names no trace, or none that the propagator reads */
function startOf({ traceparent, ...others }: StartingTrace, propagator: TextMapPropagator | null): Context {
  if (traceparent === undefined || propagator === null) return ROOT_CONTEXT;
  const given = Object.entries({ traceparent, ...others }).filter(([, value]) => value !== undefined);
  const start = propagator.extract(ROOT_CONTEXT, Object.fromEntries(given), defaultTextMapGetter);
  return trace.getSpanContext(start) === undefined ? ROOT_CONTEXT : start;
}

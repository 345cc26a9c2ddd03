import type { SpanContext } from '@opentelemetry/api';

const TRACE_FLAGS = 0xff;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/**
 * The W3C flags and whether the parent, or what a link points at, is in another process.
 *
 * @param other the context that is remote or not; without one nothing is
 */
export function toOtlpFlags(context: SpanContext, other: SpanContext | undefined): number {
  return (context.traceFlags & TRACE_FLAGS) | HAS_IS_REMOTE | (other?.isRemote ? IS_REMOTE : 0);
}

/// <reference lib="esnext.disposable" preserve="true" />
import type { Span } from '@opentelemetry/api';
import { endSpan } from './end-span.ts';

/** An OpenTelemetry span that ends when its `using` scope does. */
export interface ScopedSpan extends Span {
  /** Ends the span, unless it has ended already. */
  [Symbol.dispose](): void;
}

/** What compilers of `using` look for where the runtime has no symbol of its own; nothing is added to `Symbol`. */
const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/**
 * Gives `span` its `[Symbol.dispose]`: the same object, so that processors and `trace.getSpan` see the SDK's own span
 * and not a wrapper of it.
 */
export function toScopedSpan(span: Span): ScopedSpan {
  const scoped = span as ScopedSpan;
  // a provider may hand out one shared span, and may have frozen it
  if (DISPOSE in span) return scoped;
  if (!Object.isExtensible(span)) return Object.create(span, { [DISPOSE]: { value: dispose } }) as ScopedSpan;
  scoped[DISPOSE] = dispose;
  return scoped;
}

function dispose(this: Span): void {
  endSpan(this);
}

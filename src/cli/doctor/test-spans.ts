import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Resource } from '@opentelemetry/resources';
import { alwaysOn, QuickSampler } from '../../trace/quick-sampler.ts';
import { TracerProvider } from '../../trace/tracer-provider.ts';

const TEST_SPAN = 'otel-preload doctor';

/**
 * Makes spans to try a collector with: the app's resource, a trace of its own for each, sampled whatever the sampler says.
 *
 * @returns gives the next, which has ended
 */
export function createTestSpans(resource: Resource): () => ReadableSpan {
  const ended: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => void ended.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const sampler = new QuickSampler(alwaysOn, false);
  const tracer = new TracerProvider({ resource, sampler, spanProcessors: [processor] }).getTracer('otel-preload');
  return () => {
    tracer.startSpan(TEST_SPAN, { root: true }).end();
    const span = ended.pop();
    if (span === undefined) throw new Error('the span has not ended');
    return span;
  };
}

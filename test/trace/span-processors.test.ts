import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { SpanProcessors } from '../../src/trace/span-processors.ts';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';

function recorder(name: string, log: string[], onEnding = true): SpanProcessor {
  return {
    onStart: () => void log.push(`${name} start`),
    ...(onEnding && { onEnding: () => void log.push(`${name} ending`) }),
    onEnd: () => void log.push(`${name} end`),
    forceFlush: async () => void log.push(`${name} flush`),
    shutdown: async () => void log.push(`${name} shutdown`),
  };
}

test('all are told in their order, those without onEnding too', async () => {
  const log: string[] = [];
  const all = new SpanProcessors([recorder('a', log), recorder('b', log, false)]);
  const span = new TracerProvider({ spanProcessors: [all] }).getTracer('test').startSpan('span');
  span.end();
  await all.forceFlush();
  await all.shutdown();
  assert.deepEqual(
    [log.slice(0, 5).join(', '), log.slice(5).join(', ')],
    ['a start, b start, a ending, a end, b end', 'a flush, b flush, a shutdown, b shutdown'],
  );
});

test('one that an app adds to the list of a running provider, as it does in the SDK, is told from then on', () => {
  const log: string[] = [];
  const provider = new TracerProvider({ spanProcessors: [recorder('ours', log)] });
  const tracer = provider.getTracer('test');
  provider._activeSpanProcessor._spanProcessors.push(recorder('added', log));
  tracer.startSpan('span').end();
  assert.deepEqual(log, ['ours start', 'added start', 'ours ending', 'added ending', 'ours end', 'added end']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MeterProvider, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision, TracerProvider as StockProvider } from '@opentelemetry/sdk-trace';
import { TracerProvider } from '../../src/trace/tracer-provider.ts';

/** A meter provider that writes down what is added to what. */
function recorder(): { meterProvider: MeterProvider; added: unknown[] } {
  const added: unknown[] = [];
  const create = (kind: string) => (name: string, options: object) => ({
    add: (value: number, attributes: object) => void added.push([kind, name, options, value, attributes]),
  });
  const meter = { createCounter: create('counter'), createUpDownCounter: create('up and down') };
  const meterProvider = {
    getMeter(name: string) {
      added.push(name);
      return meter;
    },
  };
  return { meterProvider: meterProvider as never, added };
}

type DecisionName = keyof typeof SamplingDecision;
const names: DecisionName[] = ['NOT_RECORD', 'RECORD', 'RECORD_AND_SAMPLED'];

const byName: Sampler = {
  shouldSample: (_context, _traceId, name) => ({ decision: SamplingDecision[name as DecisionName] }),
  toString: () => '',
};
const remote = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1, isRemote: true };

test('spans are counted as the SDK counts them: by origin of the parent and by the sampler’s decision', () => {
  const [ours, theirs] = [TracerProvider, StockProvider].map((Provider) => {
    const { meterProvider, added } = recorder();
    const tracer = new Provider({ meterProvider, sampler: byName }).getTracer('test');
    const contexts = [
      ROOT_CONTEXT,
      trace.setSpanContext(ROOT_CONTEXT, remote),
      trace.setSpan(ROOT_CONTEXT, tracer.startSpan('RECORD_AND_SAMPLED')),
    ];
    for (const context of contexts) for (const name of names) tracer.startSpan(name, {}, context).end();
    return added;
  });
  assert.deepEqual(ours, theirs);
  assert.equal(ours?.length, 1 + 2 + 9 + 6 + 6);
});

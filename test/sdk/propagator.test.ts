import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import * as b3 from '../../src/parts/propagator-b3.ts';
import * as jaeger from '../../src/parts/propagator-jaeger.ts';
import * as xray from '../../src/parts/propagator-xray.ts';
import { createPropagator, type PropagatorName } from '../../src/sdk/propagator.ts';

const parts: Readonly<Record<string, unknown>> = {
  'propagator-b3': b3,
  'propagator-jaeger': jaeger,
  'propagator-xray': xray,
};

function create(names: readonly PropagatorName[]) {
  const loaded: string[] = [];
  const propagator = createPropagator(names, (part) => {
    loaded.push(part);
    return parts[part];
  });
  return { propagator, loaded };
}

const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const baggage = propagation.createBaggage({ tenant: { value: 'a' } });
const context = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, spanContext), baggage);

/** The headers that a list writes. */
function headers(names: readonly PropagatorName[]): string[] {
  const carrier: Record<string, string> = {};
  create(names).propagator?.inject(context, carrier, defaultTextMapSetter);
  return Object.keys(carrier).sort((a, b) => a.localeCompare(b));
}

test('each name writes its own headers', () => {
  assert.deepEqual(headers(['tracecontext']), ['traceparent']);
  assert.deepEqual(headers(['baggage']), ['baggage']);
  assert.deepEqual(headers(['b3']), ['b3']);
  assert.deepEqual(headers(['b3multi']), ['x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid']);
  assert.deepEqual(headers(['jaeger']), ['uber-trace-id', 'uberctx-tenant']);
  assert.deepEqual(headers(['xray']), ['x-amzn-trace-id']);
  assert.deepEqual(headers(['tracecontext', 'baggage', 'b3']), ['b3', 'baggage', 'traceparent']);
});

test('only what is named is loaded, W3C needs no part, and a name twice counts once', () => {
  assert.deepEqual(create(['tracecontext', 'baggage']).loaded, []);
  assert.deepEqual(create(['jaeger', 'b3', 'jaeger']).loaded, ['propagator-jaeger', 'propagator-b3']);
});

test('none, and an empty list, is no propagator at all', () => {
  assert.equal(create(['none']).propagator, null);
  assert.equal(create(['tracecontext', 'none']).propagator, null);
  assert.equal(create([]).propagator, null);
});

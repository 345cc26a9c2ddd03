import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { createContextManager } from '../../src/sdk/context-manager.ts';
import { createPropagator } from '../../src/sdk/propagator.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const started = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=b', baggage: 'tenant=a' };
const w3c = createPropagator(['tracecontext', 'baggage'], assert.fail);

test('where nothing is active, the span that has started the process is, with state and baggage', () => {
  const active = createContextManager(started, w3c).active();
  const { traceState, ...rest } = trace.getSpanContext(active) ?? {};
  assert.deepEqual(rest, { traceId, spanId, traceFlags: 1, isRemote: true });
  assert.equal(traceState?.serialize(), 'a=b');
  assert.equal(propagation.getBaggage(active)?.getEntry('tenant')?.value, 'a');
});

test('what is active stays so, the root context as well', () => {
  const manager = createContextManager(started, w3c);
  const other = trace.setSpanContext(ROOT_CONTEXT, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
  for (const context of [ROOT_CONTEXT, other]) {
    assert.equal(
      manager.with(context, () => manager.active()),
      context,
    );
  }
});

test('without a trace, or with one that the propagator does not read, the root context is', () => {
  const baggage = createPropagator(['baggage'], assert.fail);
  for (const [starting, propagator] of [
    [{ ...started, traceparent: undefined }, w3c],
    [{ ...started, traceparent: '00-1-2-01' }, w3c],
    [started, baggage],
    [started, null],
  ] as const) {
    assert.equal(createContextManager(starting, propagator).active(), ROOT_CONTEXT);
  }
});

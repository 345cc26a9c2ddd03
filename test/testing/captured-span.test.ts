import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { toCapturedSpan } from '../../src/testing/captured-span.ts';
import { aSpan } from '../wire/spans.ts';

test('it says what the span says, in words and milliseconds', () => {
  const captured = toCapturedSpan(
    aSpan({
      name: 'GET',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.ERROR, message: 'broken' },
      attributes: { n: 1, list: ['a'] },
      events: [{ name: 'e', time: [0, 0], attributes: { m: true } }],
      links: [{ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 } }],
      startTime: [3, 500_000],
      duration: [1, 250_000_000],
    }),
  );
  const { name, kind, status, statusMessage, attributes, events, links, startMs, durationMs } = captured;
  assert.deepEqual(
    { name, kind, status, statusMessage, attributes, events, links, startMs, durationMs },
    {
      name: 'GET',
      kind: 'server',
      status: 'error',
      statusMessage: 'broken',
      attributes: { n: 1, list: ['a'] },
      events: [{ name: 'e', attributes: { m: true } }],
      links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
      startMs: 3000.5,
      durationMs: 1250,
    },
  );
});

test('each kind and status has its word', () => {
  const kinds = [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER];
  assert.deepEqual(
    kinds.map((kind) => toCapturedSpan(aSpan({ kind })).kind),
    ['internal', 'server', 'client', 'producer', 'consumer'],
  );
  const codes = [SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR];
  assert.deepEqual(
    codes.map((code) => toCapturedSpan(aSpan({ status: { code } })).status),
    ['unset', 'ok', 'error'],
  );
});

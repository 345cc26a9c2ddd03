import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { startSpan, tracer, withSpan } from '../../src/index.ts';
import { drain, only, recordSpans } from './recorded-spans.ts';

const ended = recordSpans();

describe('withSpan', () => {
  it('makes the span active inside and gives the value back', () => {
    const value = {};
    const given = withSpan('GetUserInfo', (span) => {
      assert.equal(trace.getActiveSpan(), span);
      return value;
    });
    assert.equal(given, value);
    assert.equal(trace.getActiveSpan(), undefined);
    const span = only(ended);
    assert.equal(span.name, 'GetUserInfo');
    assert.equal(span.instrumentationScope.name, 'otel-preload');
    assert.equal(span.status.code, SpanStatusCode.UNSET);
  });

  it('passes kind, attributes, links and startTime on', () => {
    const other = startSpan('other').spanContext();
    const startTime = new Date(1_700_000_000_000);
    const options = { kind: SpanKind.SERVER, attributes: { 'user.id': 7 }, links: [{ context: other }], startTime };
    withSpan('a', options, () => {});
    const span = only(ended);
    assert.equal(span.kind, SpanKind.SERVER);
    assert.deepEqual(span.attributes, { 'user.id': 7 });
    assert.equal(span.links[0]?.context.spanId, other.spanId);
    assert.deepEqual(span.startTime, [1_700_000_000, 0]);
  });

  it('runs the callback when the SDK throws at start or end', () => {
    const provider = trace.getTracerProvider();
    const broken = {
      getTracer: () => ({
        startSpan(): never {
          throw new Error('sampler');
        },
        startActiveSpan(): never {
          throw new Error('sampler');
        },
      }),
    };
    trace.disable();
    trace.setGlobalTracerProvider(broken);
    assert.equal(
      withSpan('x', () => 7),
      7,
    );
    startSpan('x').end();
    trace.disable();
    trace.setGlobalTracerProvider(provider);
  });
});

describe('tracer', () => {
  it('binds the helper to a scope name and version, once for each', () => {
    const users = tracer('UserSrvServer', '1.2.0');
    assert.equal(tracer('UserSrvServer', '1.2.0'), users);
    assert.notEqual(tracer('UserSrvServer'), users);
    const { withSpan, startSpan } = users;
    withSpan('GetUserInfo', () => startSpan('query')[Symbol.dispose]());
    const [query, info] = drain(ended);
    assert.deepEqual(
      [query, info].map((span) => [span?.instrumentationScope.name, span?.instrumentationScope.version]),
      [
        ['UserSrvServer', '1.2.0'],
        ['UserSrvServer', '1.2.0'],
      ],
    );
    assert.equal(query?.parentSpanContext?.spanId, info?.spanContext().spanId);
  });

  it("is OpenTelemetry's Tracer, with a context as the third argument", () => {
    const users: import('@opentelemetry/api').Tracer = tracer('UserSrvServer');
    const parent = users.startSpan('parent');
    users.startSpan('child', {}, trace.setSpan(context.active(), parent)).end();
    assert.equal(only(ended).parentSpanContext?.spanId, parent.spanContext().spanId);
    assert.equal(
      users.startActiveSpan('active', { root: true }, (span) => {
        assert.equal(trace.getActiveSpan(), span);
        span.end();
        return 5;
      }),
      5,
    );
    only(ended);
  });

  it('made before tracing starts, records once it has, and stops when it is gone', () => {
    const early = tracer('early');
    const provider = trace.getTracerProvider();
    trace.disable();
    early.withSpan('off', () => {});
    trace.setGlobalTracerProvider(provider);
    early.withSpan('on', () => {});
    assert.equal(only(ended).name, 'on');
  });
});

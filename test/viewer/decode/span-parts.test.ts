import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float64Tag, int64Tag, toLog, toSpan, type SpanParts } from '../../../src/viewer/decode/span-parts.ts';
import { aSpan, idOf, someProcess } from '../support.ts';

function parts(given: Partial<SpanParts> = {}): SpanParts {
  const { traceId, spanId, operationName, startUs, durationNs } = aSpan();
  return {
    traceId,
    spanId,
    parentSpanId: '',
    process: someProcess,
    operationName,
    kind: '',
    startUs,
    durationNs,
    status: { code: '', message: '' },
    links: [],
    tags: [],
    logs: [],
    ...given,
  };
}

test('kind and status are tags, in order', () => {
  const tags = [{ key: 'a', type: 'string', value: 'x' } as const];
  const span = toSpan(parts({ kind: 'server', status: { code: 'ERROR', message: 'broken' }, tags }));
  assert.equal(span.isError, true);
  assert.deepEqual(
    span.tags.map(({ key, value }) => `${key}=${value}`),
    ['a=x', 'error=true', 'otel.status_code=ERROR', 'otel.status_description=broken', 'span.kind=server'],
  );
});

test('a span is in error by its status, or by a tag that says so as text', () => {
  assert.equal(toSpan(parts({ status: { code: 'OK', message: '' } })).isError, false);
  assert.equal(toSpan(parts({ tags: [{ key: 'error', type: 'string', value: 'true' }] })).isError, true);
  assert.equal(toSpan(parts({ tags: [{ key: 'error', type: 'bool', value: false }] })).isError, false);
});

test('the parent comes first, and a link to it only says of what kind it is', () => {
  const [parent, other] = [idOf(1), idOf(2)];
  const { traceId } = aSpan();
  const links = [
    { refType: 'FOLLOWS_FROM', traceID: idOf(9, 32), spanID: other },
    { refType: 'FOLLOWS_FROM', traceID: traceId, spanID: parent },
  ] as const;
  const references = (given: Partial<SpanParts>) => toSpan(parts(given)).references;
  assert.deepEqual(references({ parentSpanId: parent, links }), [links[1], links[0]]);
  assert.deepEqual(references({ parentSpanId: parent }), [{ refType: 'CHILD_OF', traceID: traceId, spanID: parent }]);
  assert.deepEqual(references({ links }), links);
});

test('what old exporters say of the SDK on every span is said by the process', () => {
  const span = toSpan(parts({ tags: [{ key: 'telemetry.sdk.name', type: 'string', value: 'opentelemetry' }] }));
  assert.deepEqual(span.tags, []);
  assert.deepEqual(
    span.process.tags.map(({ key }) => key),
    ['namespace', 'telemetry.sdk.name'],
  );
  assert.equal(toSpan(parts()).process, someProcess);
});

test('a span that ended before it began has no duration and a remark', () => {
  const span = toSpan(parts({ durationNs: -1, warnings: ['earlier'] }));
  assert.equal(span.durationNs, 0);
  assert.deepEqual(span.warnings, ['earlier', 'The span ended before it began; its duration is shown as 0']);
});

test('a log has its event first; an attribute of that name goes before', () => {
  const fields = (name: string, ...keys: string[]) =>
    toLog(
      1,
      name,
      keys.map((key) => ({ key, type: 'string', value: '' })),
    ).fields.map(({ key }) => key);
  assert.deepEqual(fields('named', 'z', 'a'), ['event', 'a', 'z']);
  assert.deepEqual(fields('', 'z', 'a'), ['a', 'z']);
  assert.deepEqual(fields('named', 'z', 'event'), ['event', 'z']);
});

test('numbers that JSON cannot hold are text of their own type', () => {
  assert.deepEqual(int64Tag('k', 2n ** 53n - 1n), { key: 'k', type: 'int64', value: 2 ** 53 - 1 });
  assert.deepEqual(int64Tag('k', 2n ** 53n), { key: 'k', type: 'int64', value: '9007199254740992' });
  assert.deepEqual(float64Tag('k', 0.5), { key: 'k', type: 'float64', value: 0.5 });
  assert.deepEqual(float64Tag('k', Number.NaN), { key: 'k', type: 'float64', value: 'NaN' });
});

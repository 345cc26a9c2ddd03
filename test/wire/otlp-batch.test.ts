import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { OtlpBatch, type OtlpFormat } from '../../src/wire/otlp-batch.ts';
import { aSpan } from './spans.ts';

/** Everything as text one can read: a resource is <…>, a scope its name in (…), a span its name. */
const format: OtlpFormat = {
  contentType: 'text/x',
  resourceFrame: () => ({ head: Buffer.from('<'), tail: Buffer.from('>') }),
  scopeFrame: ({ name }) => ({ head: Buffer.from(`${name}(`), tail: Buffer.from(')') }),
  createSpanWriter:
    (writer) =>
    ({ name }) =>
      writer.text(name),
  lead: (bytes, level) => Buffer.from(`${level[0]}${String(bytes).padStart(3, '0').slice(-3)}`),
  leadBytes: () => 4,
};

const [a, b] = [{ name: 'a' }, { name: 'b' }];

function fill(batch: OtlpBatch, ...spans: readonly (readonly [ReadableSpan['instrumentationScope'], string])[]): void {
  for (const [instrumentationScope, name] of spans) {
    assert.ok(batch.append(aSpan({ instrumentationScope, name }), Infinity));
  }
}

function take(batch: OtlpBatch): string {
  const { bytes } = batch;
  const body = batch.take()?.body;
  assert.ok(body);
  assert.equal(body.length, bytes);
  return Buffer.from(body).toString();
}

test('spans of one scope stand together, in the order of the first of each; each part says how long it is', () => {
  const batch = new OtlpBatch(format);
  fill(batch, [b, '1'], [a, '22'], [b, '3']);
  assert.equal(take(batch), 'r020<f005b(13)s005a(22)>');
});

test('the next batch begins anew: its first scope is the one whose span comes first', () => {
  const batch = new OtlpBatch(format);
  fill(batch, [a, '1'], [b, '2']);
  take(batch);
  fill(batch, [b, '3']);
  assert.equal(take(batch), 'r010<f004b(3)>');
});

test('a scope whose only span was refused is not in the batch', () => {
  const batch = new OtlpBatch(format);
  fill(batch, [a, '1']);
  assert.equal(batch.append(aSpan({ instrumentationScope: b, name: 'x'.repeat(1000) }), 100), false);
  assert.equal(batch.append(aSpan({ instrumentationScope: b, name: '2' }), batch.bytes + 7), false);
  assert.ok(batch.append(aSpan({ instrumentationScope: b, name: '2' }), batch.bytes + 8));
  assert.equal(take(batch), 'r018<f004a(1)s004b(2)>');
});

test('a batch of 1000 spans of 200 scopes, twice, is whole; of the frames 64 at most are kept', () => {
  let frames = 0;
  const scopeFrame: OtlpFormat['scopeFrame'] = (scope) => {
    frames++;
    return format.scopeFrame(scope);
  };
  const batch = new OtlpBatch({ ...format, scopeFrame });
  const scopes = Array.from({ length: 200 }, (_, i) => ({ name: `scope-${i}` }));
  for (let round = 1; round <= 2; round++) {
    for (let i = 0; i < 1000; i++) fill(batch, [scopes[i % 200] ?? a, String(round)]);
    assert.equal(batch.spans, 1000);
    assert.equal(take(batch).split(`(${String(round).repeat(5)})`).length, 201);
    assert.equal(frames, 200 * round);
  }
  for (let round = 0; round < 2; round++) {
    fill(batch, [a, '1']);
    take(batch);
  }
  assert.equal(frames, 401);
});

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { JaegerBatch } from '../../src/wire/jaeger-batch.ts';
import { ThriftCompactProtocol } from '../../src/wire/thrift-compact-protocol.ts';
import { aSpan } from './spans.ts';
import { hex } from './written.ts';

const resource = resourceFromAttributes({ 'service.name': 'srv', a: true });

function aBatch(message?: string): JaegerBatch {
  return new JaegerBatch({
    contentType: 'text/x',
    createProtocol: (writer) => new ThriftCompactProtocol(writer),
    ...(message !== undefined && { message }),
  });
}

function take(batch: JaegerBatch): string {
  const payload = batch.take();
  assert.ok(payload);
  assert.equal(payload.contentType, 'text/x');
  return Buffer.from(payload.body).toString('hex');
}

const process = `1c 18 03 'srv' 19 1c 18 01 'a' 15 04 31 00 00`;

test('a bare batch is its process and its spans, with one stop', () => {
  const batch = aBatch();
  batch.append(aSpan({ resource }), Infinity);
  const body = take(batch);
  assert.ok(body.startsWith(hex(`${process} 19 1c`)));
  assert.ok(body.endsWith('0000'));
});

test('a message has a head in front and one stop more', () => {
  const [bare, message] = [aBatch(), aBatch('emit')];
  for (const batch of [bare, message]) batch.append(aSpan({ resource }), Infinity);
  assert.equal(take(message), hex(`82 81 00 04 'emit' 1c`) + take(bare) + '00');
});

test('bytes are exact where the 15th span makes the head of the list longer', () => {
  const batch = aBatch();
  const sizes: number[] = [];
  for (let count = 1; count <= 16; count++) {
    assert.ok(batch.append(aSpan({ resource }), Infinity));
    sizes.push(batch.bytes);
  }
  const steps = sizes.slice(1).map((size, i) => size - (sizes[i] ?? 0));
  const [step = 0] = steps;
  assert.deepEqual(steps, [...Array.from({ length: 13 }, () => step), step + 1, step]);
  assert.equal(take(batch).length / 2, sizes.at(-1));
});

test('a resource without a service name is unknown_service:node, whatever else it has for one', () => {
  for (const name of [undefined, '', 7]) {
    const batch = aBatch();
    batch.append(
      aSpan({ resource: resourceFromAttributes({ ...(name !== undefined && { 'service.name': name }) }) }),
      Infinity,
    );
    assert.ok(take(batch).startsWith(hex(`1c 18 14 'unknown_service:node' 19 0c 00`)));
  }
});

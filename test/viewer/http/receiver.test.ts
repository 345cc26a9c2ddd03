import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { decodePartialSuccess } from '../../../src/export/partial-success.ts';
import type { Viewer } from '../../../src/viewer/viewer.ts';
import { aContext, aSpan } from '../../wire/spans.ts';
import { thriftBatch } from '../thrift-batch.ts';
import { ask, aViewer, keptLog, type RawAnswer } from '../support.ts';

const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'x' };
const request = (...spans: object[]): Uint8Array =>
  Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
const json = { 'content-type': 'application/json' };

function post(url: string, body: Uint8Array, headers: Record<string, string> = json): Promise<RawAnswer> {
  return ask(url, { method: 'POST', headers: { ...headers, 'content-length': String(body.length) }, body });
}

const otlp = ({ otlpUrl }: Viewer): string => `${otlpUrl}/v1/traces`;

test('Thrift is taken with 202, OTLP with 200, each on its path and with its type', async (t) => {
  const viewer = await aViewer(t);
  const batch = thriftBatch('a', [], [{ ...span, startUs: 1, durationUs: 1 }]);
  for (const type of ['application/x-thrift', 'application/vnd.apache.thrift.binary; charset=x']) {
    assert.equal((await post(viewer.thriftUrl, batch, { 'content-type': type })).status, 202);
  }
  const protobuf = ProtobufTraceSerializer.serializeRequest([aSpan()]) ?? new Uint8Array();
  const answer = await post(otlp(viewer), protobuf, { 'content-type': 'application/x-protobuf' });
  assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [200, '', 'application/x-protobuf']);
  const zipped = await post(otlp(viewer), gzipSync(request(span)), { ...json, 'content-encoding': 'gzip' });
  assert.deepEqual([zipped.status, zipped.text], [200, '{}']);
  assert.equal(viewer.counts.received, 4);
  assert.equal(viewer.counts.traces, 2);
});

test('spans without ids are counted for the sender, in both forms', async (t) => {
  const { log, lines } = keptLog();
  const viewer = await aViewer(t, { log });
  const { text } = await post(otlp(viewer), request(span, {}, {}));
  assert.deepEqual(JSON.parse(text), { partialSuccess: { rejectedSpans: '2' } });
  const noId = aSpan({ context: aContext({ spanId: '0'.repeat(16) }) });
  const body = ProtobufTraceSerializer.serializeRequest(Array.from({ length: 300 }, () => noId)) ?? new Uint8Array();
  const response = await fetch(otlp(viewer), {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  assert.equal(decodePartialSuccess(await response.bytes(), 'application/x-protobuf', 300)?.spans, 300);
  assert.match(lines.join(''), /\/v1\/traces got 2 spans without valid ids; not shown/);
});

test('what is not taken is said why, to the sender and in one line', async (t) => {
  const { log, lines } = keptLog();
  const viewer = await aViewer(t, { log });
  const cases: [status: number, text: RegExp, answer: Promise<RawAnswer>][] = [
    [400, /got 3 bytes that are no application\/json/, post(otlp(viewer), Buffer.from('{"a'))],
    [
      400,
      /no application\/x-protobuf/,
      post(otlp(viewer), Buffer.from('text'), { 'content-type': 'application/x-protobuf' }),
    ],
    [
      400,
      /no application\/x-thrift/,
      post(viewer.thriftUrl, Buffer.from('text'), { 'content-type': 'application/x-thrift' }),
    ],
    [
      415,
      /text\/plain; here it is application\/x-protobuf or application\/json/,
      post(otlp(viewer), request(span), { 'content-type': 'text/plain' }),
    ],
    [415, /content-type missing/, post(otlp(viewer), request(span), {})],
    [415, /content-encoding br/, post(otlp(viewer), request(span), { ...json, 'content-encoding': 'br' })],
    [404, /spans are taken on \/api\/traces and \/v1\/traces/, post(viewer.otlpUrl, request(span))],
    [404, /spans are taken on/, post(`${viewer.otlpUrl}/v1/traces/../../etc/passwd`, request(span))],
    [405, /POST only/, ask(otlp(viewer))],
    [403, /web pages/, post(otlp(viewer), request(span), { ...json, origin: 'http://localhost:3000' })],
    [403, /no server for evil\.example/, post(otlp(viewer), request(span), { ...json, host: 'evil.example' })],
  ];
  for (const [status, text, answer] of cases) {
    const got = await answer;
    assert.equal(got.status, status, got.text);
    assert.match(got.text, text);
    assert.equal(got.headers['access-control-allow-origin'], undefined);
  }
  assert.equal(viewer.counts.received, 0);
  assert.equal(lines.filter((line) => /got 403/.test(line)).length, 1);
});

test('metrics and logs are taken and thrown away', async (t) => {
  const viewer = await aViewer(t);
  for (const path of ['metrics', 'logs']) {
    assert.equal((await post(`${viewer.otlpUrl}/v1/${path}`, Buffer.from('{}'))).status, 200);
  }
  assert.equal(viewer.counts.received, 0);
});

test('1 GB is refused at its announcement, and a gzip of 1 GB of zeros when it grows', async (t) => {
  const viewer = await aViewer(t);
  const before = process.memoryUsage().rss;
  const announced = await new Promise<RawAnswer>((resolve) => {
    const socket = connect(Number(new URL(viewer.otlpUrl).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => {});
    socket.on('close', () => resolve({ status: Number(/ (\d+) /.exec(text)?.[1]), headers: {}, text }));
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{',
    );
  });
  assert.equal(announced.status, 413);
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
  assert.ok(bomb.length < 300_000);
  const grown = await post(otlp(viewer), bomb, { ...json, 'content-encoding': 'gzip' });
  assert.equal(grown.status, 413);
  assert.match(grown.text, /20971520 bytes, unpacked too/);
  global.gc?.();
  assert.ok(process.memoryUsage().rss - before < 450 * 1024 * 1024);
  assert.equal((await post(otlp(viewer), request(span))).status, 200);
});

test('senders that say nothing, or never end, keep nobody else waiting', async (t) => {
  const viewer = await aViewer(t);
  const port = Number(new URL(viewer.otlpUrl).port);
  const idle = Array.from({ length: 100 }, (_, n) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    if (n % 2 === 0) socket.write('POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ');
    return socket;
  });
  t.after(() => idle.forEach((socket) => socket.destroy()));
  await delay(50);
  assert.equal((await post(otlp(viewer), request(span))).status, 200);
});

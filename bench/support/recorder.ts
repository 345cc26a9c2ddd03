/**
 * The collector of the soak: writes down which spans it was sent before it answers, so that it may be killed at any time.
 *
 *   node bench/support/recorder.ts <port> <file> [<url of a collector that has to take them first>]
 *
 * The file has a line of JSON for each batch, and one more when its answer has left the process.
 */
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { decodeJaegerBatch } from '../../test/support/decode-thrift.ts';
import { decodeOtlp } from '../../test/support/decode-otlp.ts';
import { fromJaeger, fromOtlp } from '../../test/support/received-span.ts';
import type { Line } from './judge.ts';

/** As over a network: a kill has batches to hit whose answer is on its way. */
const ANSWER_MS = 20;

const [port = '', file = '', forwardTo = ''] = process.argv.slice(2);
let batches = 0;

function write(line: Line): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const type = request.headers['content-type'] ?? '';
  const isJaeger = request.url === '/api/traces';
  const spans = isJaeger
    ? fromJaeger(decodeJaegerBatch(plain), 'jaeger-http')
    : fromOtlp(decodeOtlp(plain, type), 'otlp-http-protobuf');
  if (forwardTo !== '') {
    const answer = await fetch(forwardTo, { method: 'POST', headers: { 'content-type': type }, body: plain });
    if (!answer.ok) throw new Error(`the collector behind answered ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  const batch = batches++;
  const numbers = spans.map(
    ({ attributes }) => [Number(attributes['soak.life']), Number(attributes['soak.number'])] as const,
  );
  write({ batch, atMs: Date.now(), spans: numbers });
  await delay(ANSWER_MS);
  response.once('finish', () => write({ answered: batch, atMs: Date.now() }));
  response.writeHead(isJaeger ? 202 : 200).end();
}

const server = createServer((request, response) => {
  take(request, response).catch((error: unknown) => {
    process.stderr.write(`recorder: ${String(error)}\n`);
    request.destroy();
  });
});
process.once('disconnect', () => process.exit());
server.listen(Number(port), '127.0.0.1', () => process.send?.({}));

/** The bench's collector: takes whatever a tracer sends and counts the spans in it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { answer } from '../apps/answer.cjs';
import { countSpans } from './count-spans.ts';

export interface Counts {
  readonly spans: number;
  readonly requests: number;
  readonly bytes: number;
}

let counts = { spans: 0, requests: 0, bytes: 0 };
let delayMs = 0;

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { url = '', headers } = request;
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const spans = countSpans(url, headers['content-type'] ?? '', plain);
  counts = { spans: counts.spans + spans, requests: counts.requests + 1, bytes: counts.bytes + body.length };
  if (delayMs > 0) await delay(delayMs);
  // Datadog's tracer wants JSON and does without what an agent would tell of itself.
  if (url === '/info') response.writeHead(404).end();
  else if (url.startsWith('/v0')) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  else response.writeHead(url === '/api/traces' ? 202 : 200, { 'content-type': 'application/x-protobuf' }).end();
}

const server = createServer((request, response) => {
  take(request, response).catch((error: unknown) => {
    process.stderr.write(`sink: ${request.url}: ${String(error)}\n`);
    request.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  answer(
    {
      count: (): Counts => counts,
      reset: (options: { readonly delayMs: number }) => {
        counts = { spans: 0, requests: 0, bytes: 0 };
        ({ delayMs } = options);
        return {};
      },
    },
    { port: (server.address() as AddressInfo).port },
  );
});

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** On every answer, whatever it is. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

export function send(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...SAFE_HEADERS, 'cache-control': 'no-store', ...headers });
  response.end(body);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, `${text}\n`, { 'content-type': 'text/plain; charset=utf-8' });
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, JSON.stringify(value), { 'content-type': 'application/json' });
}

/** Sends pieces as fast as the reader takes them, so that a large answer is never whole in memory. */
export async function sendPieces(
  response: ServerResponse,
  pieces: AsyncIterable<string>,
  headers: OutgoingHttpHeaders = { 'content-type': 'application/json' },
): Promise<void> {
  response.writeHead(200, { ...SAFE_HEADERS, 'cache-control': 'no-store', ...headers });
  let waiting = '';
  for await (const piece of pieces) {
    if (response.destroyed) return;
    waiting += piece;
    if (waiting.length < 65_536) continue;
    if (!response.write(waiting)) await drained(response);
    waiting = '';
  }
  response.end(waiting);
}

/** Settles when more may be written, or when nobody reads any more. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

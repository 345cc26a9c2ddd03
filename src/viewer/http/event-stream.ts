import type { ServerResponse } from 'node:http';
import { drained, SAFE_HEADERS } from './answer.ts';

const KEEP_ALIVE_MS = 15_000;
/** A reader that is a little behind need not hold the sender up: each stop costs a round trip. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** One reader of server-sent events. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      ...SAFE_HEADERS,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    response.write('retry: 1000\n\n');
    this.#keepAlive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS).unref();
    response.once('close', () => clearInterval(this.#keepAlive));
  }

  get isOpen(): boolean {
    return !this.#response.destroyed;
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** Settles when the reader has room for more. */
  async send(event: string, data: unknown): Promise<void> {
    if (!this.isOpen) return;
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (this.#response.writableLength > MAX_WAITING_BYTES) await drained(this.#response);
  }
}

import type { Socket } from 'node:net';
import { msUntil } from '../core/deadline.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { readLateAnswer } from './late-answer.ts';
import { type Answer, MAX_READ_BYTES, parseAnswer, type ParsedAnswer } from './parse-answer.ts';

/** How long a body may take behind a status that has said all; then its connection is given up. */
const ANSWER_BODY_MS = 1000;
/** A connection that its server is about to close is not used any more. */
const CLOSING_MS = 1000;

const NO_ANSWER = 'the connection ended without an answer';

/** What a request that has been handed over can still come to, at an end that the event loop does not see. */
export type LateReader = (timeoutMs: number) => Answer | undefined;

export interface RequestOptions {
  /** On the `performance.now()` clock. */
  readonly deadlineMs: number;
  /** Told when all bytes are with the operating system, and what then reads the answer; undefined where nothing can. */
  readonly onHandedOver?: ((readLate: LateReader | undefined) => void) | undefined;
}

interface Request {
  readonly deadlineMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
  isWritten: boolean;
  /** As far as it is there. */
  answer: ParsedAnswer | undefined;
}

/**
 * A connection to a server of HTTP/1.1 that takes one request after the other, without what `node:http` does for each: a
 * batch costs a third of the processor time so.
 *
 * An answer counts when its head is there: its body has a second, and 64 KiB.
 */
export class HttpConnection {
  /** Whether it has served a request before. */
  #isReused = false;
  /** Whether its server had closed it before a request of its reached it. */
  isStale = false;
  readonly #socket: Socket;
  readonly #onIdle: (connection: HttpConnection) => void;
  readonly #onGone: (connection: HttpConnection) => void;
  #request: Request | undefined;
  #received: Buffer | undefined;
  #error: Error | undefined;
  /** Until when the server keeps it open, as far as it has said so. */
  #usableUntilMs = Infinity;

  /**
   * @param socket connected
   * @param onIdle told when it is fit for another request
   * @param onGone told once, when it is not and never will be again
   */
  constructor(
    socket: Socket,
    onIdle: (connection: HttpConnection) => void,
    onGone: (connection: HttpConnection) => void,
  ) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    this.#onGone = onGone;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => (this.#error = error));
    // who still has bytes to write is not closed by the other side's end
    socket.once('end', () => this.destroy());
    socket.once('close', () => this.#onClose());
  }

  /** Whether it can be expected to take another request. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && performance.now() < this.#usableUntilMs;
  }

  /**
   * Sends a request and resolves with its answer.
   *
   * @param head with the empty line at its end
   * @throws what the network says, and where there is no answer in time or none of HTTP
   */
  send(head: string, body: Uint8Array, { deadlineMs, onHandedOver }: RequestOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request: Request = { deadlineMs, resolve, reject, timer: undefined, isWritten: false, answer: undefined };
      this.#request = request;
      this.#received = undefined;
      this.#giveUpIn(request, Infinity);
      const socket = this.#socket;
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body, (error) => {
        if (error) return;
        request.isWritten = true;
        onHandedOver?.('encrypted' in socket ? undefined : (timeoutMs) => this.#readLate(request, timeoutMs));
      });
      socket.uncork();
    });
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
    // told at once: who gives up is not to wait for the event loop
    this.#settle(true);
  }

  #giveUpIn(request: Request, ms: number): void {
    clearTimeout(request.timer);
    const giveUp = (): void => this.destroy(new Error('no answer in time'));
    request.timer = setTimeout(giveUp, Math.min(ms, msUntil(request.deadlineMs))).unref();
  }

  #onData(chunk: Buffer): void {
    if (this.#request === undefined) return this.destroy();
    this.#received = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    this.#settle(false);
  }

  #onClose(): void {
    this.#settle(true);
    this.#onGone(this);
  }

  /** @param isAll nothing more will come */
  #settle(isAll: boolean): void {
    const request = this.#request;
    if (request === undefined) return;
    try {
      this.#read(request, isAll);
    } catch (error) {
      this.#fail(request, error as Error);
    }
  }

  #read(request: Request, isAll: boolean): void {
    const received = this.#received ?? Buffer.alloc(0);
    const isTooLong = received.length > MAX_READ_BYTES;
    const answer = received.length === 0 ? undefined : parseAnswer(received, isAll);
    if (answer === undefined) {
      if (isAll) this.#fail(request, this.#error ?? new Error(NO_ANSWER));
      else if (isTooLong) this.#fail(request, new Error('the head of the answer has no end'));
    } else if (answer.isWhole || isTooLong || isAll) this.#succeed(request, answer);
    else {
      if (request.answer === undefined) this.#giveUpIn(request, ANSWER_BODY_MS);
      request.answer = answer;
    }
  }

  #succeed(request: Request, answer: ParsedAnswer): void {
    request.answer = answer;
    this.#over(request);
    // Who answers before the end of the request may never read the rest, which would hold the socket for good.
    const isIdle = answer.keepsOpen && request.isWritten && !this.#socket.destroyed;
    if (isIdle) this.#keep(answer);
    else this.#socket.destroy();
    request.resolve(answer);
  }

  #fail(request: Request, error: NodeJS.ErrnoException): void {
    const isClosed = error.message === NO_ANSWER || error.code === 'ECONNRESET' || error.code === 'EPIPE';
    this.isStale = this.#isReused && this.#received === undefined && isClosed;
    this.#over(request);
    this.#socket.destroy();
    request.reject(error);
  }

  #over(request: Request): void {
    clearTimeout(request.timer);
    this.#request = undefined;
    this.#received = undefined;
  }

  #keep({ headers }: Answer): void {
    this.#isReused = true;
    const seconds = /\btimeout=(\d+)/i.exec(headers['keep-alive'] ?? '')?.[1];
    this.#usableUntilMs = seconds === undefined ? Infinity : performance.now() + Number(seconds) * 1000 - CLOSING_MS;
    this.#onIdle(this);
  }

  #readLate(request: Request, timeoutMs: number): Answer | undefined {
    if (request.answer !== undefined) return request.answer;
    return readLateAnswer(this.#socket, timeoutMs, request === this.#request ? this.#received : undefined);
  }
}

import type { Socket } from 'node:net';
import { msUntil } from '../core/deadline.ts';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { HttpConnection } from './http-connection.ts';
import type { OpenOptions } from './open-socket.ts';

const MAX_CONNECTIONS = 8;
const CLOSED = 'closed';

/** Connections to one server, kept open between requests. Who finds all of them busy waits for one. */
export class ConnectionPool {
  readonly #open: (options: OpenOptions) => Promise<Socket>;
  readonly #connections = new Set<HttpConnection>();
  /** Those that wait for a request; the one that has served last is the last. */
  readonly #idle: HttpConnection[] = [];
  #opening = 0;
  readonly #waiting = new Set<() => void>();
  /** Gives up what is being opened. Made with the first connection: the class is half a millisecond that a start need not have. */
  #closing: AbortController | undefined;
  #isClosed = false;

  constructor(open: (options: OpenOptions) => Promise<Socket>) {
    this.#open = open;
  }

  /**
   * Gives a connection, for one request.
   *
   * @param deadlineMs on the `performance.now()` clock
   * @throws what opening one throws, and where there is none in time
   */
  async take(deadlineMs: number): Promise<HttpConnection> {
    for (;;) {
      if (this.#isClosed) throw new Error(CLOSED);
      const idle = this.#idle.pop();
      if (idle?.isUsable) return idle;
      if (idle !== undefined) idle.destroy();
      else if (this.#connections.size + this.#opening < MAX_CONNECTIONS) return await this.#connect(deadlineMs);
      else await this.#wait(deadlineMs);
    }
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  close(): void {
    this.#isClosed = true;
    this.#closing?.abort(new Error(CLOSED));
    for (const connection of this.#connections) connection.destroy();
    for (const wake of this.#waiting) wake();
  }

  async #connect(deadlineMs: number): Promise<HttpConnection> {
    this.#opening++;
    try {
      this.#closing ??= new AbortController();
      const socket = await this.#open({ deadlineMs, signal: this.#closing.signal });
      const connection = new HttpConnection(socket, this.#onIdle, this.#onGone);
      this.#connections.add(connection);
      return connection;
    } catch (error) {
      this.#wakeOne();
      throw error;
    } finally {
      this.#opening--;
    }
  }

  /** Resolves when there may be a connection. */
  #wait(deadlineMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(wake);
        reject(new Error('no answer in time'));
      };
      const timer = setTimeout(giveUp, msUntil(deadlineMs)).unref();
      this.#waiting.add(wake);
    });
  }

  #wakeOne(): void {
    const [wake] = this.#waiting;
    wake?.();
  }

  readonly #onIdle = (connection: HttpConnection): void => {
    this.#idle.push(connection);
    this.#wakeOne();
  };

  readonly #onGone = (connection: HttpConnection): void => {
    this.#connections.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#wakeOne();
  };
}

import { loadBuiltin } from '../core/builtin.ts';
import { setTimeout } from '../core/timers.ts';
import { reason } from './reason.ts';
import type { OnHandedOver, Outcome, Transport, TransportConfig } from './transport.ts';

const STDOUT = 1;
const NEW_LINE = 10;
/** Until a reader that is behind has made room in its pipe. */
const PAUSE_MS = 5;

/**
 * Writes payloads to a file or to stdout, one line each, as OTLP's file exporter does.
 *
 * A batch is written before `send` gives way to the app: it takes some microseconds, and whatever way the process ends in
 * the next moment, a batch is there once and whole. Only a pipe that is full makes it wait. The file is opened anew for each
 * batch, so that one that was moved away (logrotate) is followed by another.
 *
 * @param path undefined is stdout
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */
export function createFileTransport({ path }: TransportConfig & { kind: 'file' }): Transport {
  const { openSync, writeSync, closeSync } = loadBuiltin('node:fs');
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  /** Lines must not be written into each other. */
  let last: Promise<Outcome> | undefined;

  async function write(bytes: Uint8Array, deadlineMs: number, onHandedOver?: OnHandedOver): Promise<Outcome> {
    const line = { fd: STDOUT, bytes, at: 0 };
    try {
      if (path !== undefined) line.fd = openSync(path, 'a', 0o666);
      writeSome(line);
      while (line.at === 0) {
        if (performance.now() >= deadlineMs) return { status: 'retryable', why: 'nobody reads stdout' };
        await pause();
        writeSome(line);
      }
      // a line that was begun is ended, or what comes behind it cannot be read
      onHandedOver?.((timeoutMs) => {
        const untilMs = performance.now() + timeoutMs;
        while (line.at < bytes.length && performance.now() < untilMs) {
          Atomics.wait(sleeper, 0, 0, PAUSE_MS);
          writeSome(line);
        }
        return line.at === bytes.length ? { status: 'delivered' } : undefined;
      });
      while (line.at < bytes.length) {
        await pause();
        writeSome(line);
      }
      return { status: 'delivered' };
    } catch (error) {
      return toFailure(error as NodeJS.ErrnoException);
    } finally {
      if (line.fd !== STDOUT) closeSync(line.fd);
    }
  }

  function writeSome(line: { readonly fd: number; readonly bytes: Uint8Array; at: number }): void {
    try {
      while (line.at < line.bytes.length) line.at += writeSync(line.fd, line.bytes, line.at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  return {
    target: path ?? 'stdout',
    async send({ body }, deadlineMs, onHandedOver) {
      const bytes = new Uint8Array(body.length + 1);
      bytes.set(body);
      bytes[body.length] = NEW_LINE;
      const start = (): Promise<Outcome> => write(bytes, deadlineMs, onHandedOver);
      const writing = last === undefined ? start() : last.then(start);
      last = writing;
      const outcome = await writing;
      if (last === writing) last = undefined;
      return outcome;
    },
    close() {},
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
}

/** A full disk, or a directory that is not there yet, may be another day; a reader that went away stays away. */
function toFailure(error: NodeJS.ErrnoException): Outcome {
  return { status: error.code === 'EPIPE' ? 'refused' : 'retryable', why: reason(error) };
}

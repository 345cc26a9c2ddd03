import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { loadBuiltin } from '../core/builtin.ts';

/** The parts of an HTTP answer that say what became of a payload. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const FIRST_PAUSE_MS = 1;
const MAX_PAUSE_MS = 10;
/** Nobody who takes spans says more. */
const MAX_BYTES = 65_536;
const HEAD_END = '\r\n\r\n';

// Taken before anybody wraps it.
const { wait } = Atomics;

/**
 * Reads an HTTP answer past the event loop, at an end that the event loop does not see: what the collector says there
 * decides whether spans that have left the process count as delivered.
 *
 * It reads the socket's descriptor, so the event loop must not turn any more. A socket with TLS has its state elsewhere.
 *
 * @param timeoutMs the most that this thread stands still; 0 takes what is there
 * @returns undefined where no whole answer has come, or nothing can be read
 */
export function readLateAnswer(socket: Socket, timeoutMs: number): Answer | undefined {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return undefined;
  // What is left is counted, not looked up: the app's clock may be a fake one that stands still.
  let leftMs = timeoutMs;
  let received = Buffer.alloc(0);
  let pauseMs = FIRST_PAUSE_MS;
  while (received.length < MAX_BYTES) {
    const chunk = readNow(descriptor);
    if (chunk === 'ended') return parse(received, true);
    if (chunk !== 'nothing') {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received, false);
      if (answer !== undefined) return answer;
    } else if (leftMs <= 0) return undefined;
    else {
      wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(pauseMs, leftMs));
      leftMs -= pauseMs;
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
    }
  }
  return undefined;
}

function descriptorOf(socket: Socket): number | undefined {
  if ('encrypted' in socket || socket.destroyed) return undefined;
  const { fd } = (socket as unknown as { readonly _handle: { readonly fd?: number } | null })._handle ?? {};
  return fd === undefined || fd < 0 ? undefined : fd;
}

function readNow(descriptor: number): Buffer | 'nothing' | 'ended' {
  const buffer = Buffer.alloc(4096);
  try {
    const bytes = loadBuiltin('node:fs').readSync(descriptor, buffer);
    return bytes === 0 ? 'ended' : buffer.subarray(0, bytes);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'nothing' : 'ended';
  }
}

/** @param isAll nothing more will come: then a body without its length is whole */
function parse(received: Buffer, isAll: boolean): Answer | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n');
  const statusCode = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1]);
  if (Number.isNaN(statusCode)) return undefined;
  const rest = received.subarray(headEnd + HEAD_END.length);
  // 100 Continue and the like come before the answer.
  if (statusCode < 200) return parse(rest, isAll);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name.toLowerCase(), value.join(':').trim()];
    }),
  );
  const length = Number(headers['content-length']);
  // Chunks, or a body up to the end of the connection: the status has said what matters.
  if (Number.isNaN(length)) return { statusCode, headers, body: Buffer.alloc(0) };
  if (rest.length < length && !isAll) return undefined;
  return { statusCode, headers, body: rest.subarray(0, length) };
}

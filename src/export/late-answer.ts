import type { Socket } from 'node:net';
import { loadBuiltin } from '../core/builtin.ts';
import { type Answer, MAX_READ_BYTES, parseAnswer, type ParsedAnswer } from './parse-answer.ts';

const FIRST_PAUSE_MS = 1;
const MAX_PAUSE_MS = 10;

// Taken before anybody wraps it.
const { wait } = Atomics;

/**
 * Reads an HTTP answer past the event loop, at an end that the event loop does not see: what the collector says there
 * decides whether spans that have left the process count as delivered.
 *
 * It reads the socket's descriptor, so the event loop must not turn any more. A socket with TLS has its state elsewhere.
 *
 * @param timeoutMs the most that this thread stands still; 0 takes what is there
 * @param begun what has come of it before
 * @returns undefined where no answer has come, or nothing can be read; one without its end counts
 */
export function readLateAnswer(socket: Socket, timeoutMs: number, begun: Buffer = Buffer.alloc(0)): Answer | undefined {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return undefined;
  // What is left is counted, not looked up: the app's clock may be a fake one that stands still.
  let leftMs = timeoutMs;
  let received = begun;
  let pauseMs = FIRST_PAUSE_MS;
  while (received.length < MAX_READ_BYTES) {
    const chunk = readNow(descriptor);
    if (chunk === 'ended') break;
    if (chunk !== 'nothing') {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received, false);
      if (answer?.isWhole) return answer;
    } else if (leftMs <= 0) break;
    else {
      wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(pauseMs, leftMs));
      leftMs -= pauseMs;
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
    }
  }
  return parse(received, true);
}

/** What is no HTTP is no answer. */
function parse(received: Buffer, isAll: boolean): ParsedAnswer | undefined {
  try {
    return parseAnswer(received, isAll);
  } catch {
    return undefined;
  }
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

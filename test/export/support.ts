/** What the tests of export share. */
import type { Log } from '../../src/core/log.ts';
import type { Outcome, Transport } from '../../src/export/transport.ts';
import type { Encoder, Payload } from '../../src/wire/encoder.ts';
import { createJaegerEncoder } from '../../src/wire/jaeger-encoder.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { aSpan } from '../wire/spans.ts';

/** So many spans, as the encoder makes them. */
export function payloadOf(spans: number, encoder: Encoder = createJaegerEncoder()): Payload {
  for (let n = 0; n < spans; n++) encoder.append(aSpan({ name: `span ${n}` }), Infinity);
  const payload = encoder.take();
  if (payload === undefined) throw new Error('a payload has at least one span');
  return payload;
}

/** A moment on the clock of deadlines. */
export function inMs(ms: number): number {
  return performance.now() + ms;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A machine may be slow; what has not come after so long does not come. */
const MAX_WAIT_MS = 30_000;

/** Waits for what comes by itself. */
export async function until(met: () => boolean): Promise<void> {
  const deadlineMs = inMs(MAX_WAIT_MS);
  while (!met()) {
    if (performance.now() > deadlineMs) throw new Error(`never came: ${String(met)}`);
    await pause(5);
  }
}

/** Sends one payload with 5 s for it. */
export function sendOne(transport: Transport, payload: Payload = payloadOf(2)): Promise<Outcome> {
  return transport.send(payload, inMs(5000));
}

/** Closes the transport after the test. */
export function closing(t: Cleanup, transport: Transport): Transport {
  t.after(() => transport.close());
  return transport;
}

/** A log that keeps what is said, each trouble as often as it is told. */
export function recordLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const troubles = new Set<string>();
  return {
    lines,
    log: {
      line: (_, text) => void lines.push(text),
      trouble(trouble, text) {
        troubles.add(trouble);
        lines.push(text);
      },
      over(trouble, text) {
        if (troubles.delete(trouble)) lines.push(`over: ${text}`);
      },
      enabled: () => true,
    },
  };
}

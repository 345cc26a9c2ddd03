/**
 * What `otel-preload/testing` is: importing it starts the preload for a test process, where spans go to `captureSpans`
 * and nowhere else.
 */
import { createRequire } from 'node:module';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { findRuntime } from './span/runtime.ts';
import { Capturing, type CaptureOptions } from './testing/capture.ts';
import type { CapturedSpans } from './testing/captured-spans.ts';

export type { CaptureOptions } from './testing/capture.ts';
export type { CapturedKind, CapturedSpan, CapturedStatus } from './testing/captured-span.ts';
export { CapturedSpans } from './testing/captured-spans.ts';
export type { TreeOptions } from './testing/captured-spans.ts';
export { matchers } from './testing/matchers.ts';
export type { MatcherResult } from './testing/matchers.ts';
export type { SpanPattern } from './testing/span-pattern.ts';

const CAPTURING: unique symbol = Symbol.for('otel-preload.capturing') as never;

/** One for the process: a test runner may load this module once for every test file. */
function startCapturing(): Capturing {
  const globals = globalThis as { [CAPTURING]?: Capturing };
  if (globals[CAPTURING] !== undefined) return globals[CAPTURING];
  if (findRuntime() !== undefined) {
    throw new Error(
      'otel-preload is already running and sends its spans; in tests import otel-preload/testing in its place',
    );
  }
  const capturing = new Capturing();
  const { start } = createRequire(import.meta.url)('./start.js') as {
    start: (options: { processor: SpanProcessor }) => void;
  };
  start({ processor: capturing });
  Object.defineProperty(globals, CAPTURING, { value: capturing });
  return capturing;
}

const capturing = startCapturing();

/**
 * Runs a block and gives the spans that it made, those of servers in this process that it called included.
 *
 *     const spans = await captureSpans(() => fetch(`${url}/users/7`));
 *     assert.equal(spans.get('find user').attributes['user.id'], 7);
 *     assert.equal(spans.tree(), 'client GET\n  server GET /users/:id\n    internal find user');
 *
 * Blocks may run at the same time; each gets its own.
 *
 * @returns when the block is done and its spans have ended; one that is still open after `timeoutMs` is left out
 * @throws (rejects) what the block throws
 */
export function captureSpans(block: () => unknown, options: CaptureOptions = {}): Promise<CapturedSpans> {
  return capturing.run(block, options);
}

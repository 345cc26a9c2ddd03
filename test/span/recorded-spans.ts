import assert from 'node:assert/strict';
import { after } from 'node:test';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  type ReadableSpan,
  type SpanProcessor,
  TracerProvider,
  type TracerProviderOptions,
} from '@opentelemetry/sdk-trace';

/** Registers a real SDK for a test file; each span is in the list as often as it ends. */
export function recordSpans(options: TracerProviderOptions = {}): ReadableSpan[] {
  const ended: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor], ...options }));
  after(() => {
    trace.disable();
    context.disable();
  });
  return ended;
}

/** Takes what has ended since the last call. */
export function drain(ended: ReadableSpan[]): ReadableSpan[] {
  return ended.splice(0);
}

/** Takes the one span that has ended since the last call. */
export function only(ended: ReadableSpan[]): ReadableSpan {
  const [span, ...more] = drain(ended);
  assert.ok(span, 'no span has ended');
  assert.equal(more.length, 0);
  return span;
}

export function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

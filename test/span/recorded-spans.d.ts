import { type ReadableSpan, type TracerProviderOptions } from '@opentelemetry/sdk-trace';
/** Registers a real SDK for a test file; each span is in the list as often as it ends. */
export declare function recordSpans(options?: TracerProviderOptions): ReadableSpan[];
/** Takes what has ended since the last call. */
export declare function drain(ended: ReadableSpan[]): ReadableSpan[];
/** Takes the one span that has ended since the last call. */
export declare function only(ended: ReadableSpan[]): ReadableSpan;
export declare function thrownBy(fn: () => unknown): unknown;

import type { Attributes, Span, SpanKind } from '@opentelemetry/api';

/** A library that publishes what it does on TracingChannels, and what is made of that. */
export interface Library {
  /** That of its row in the catalogue; its scope is `otel-preload/<name>`. */
  readonly name: string;
  /** By the name of a channel, what a call of it is as a span; undefined where it is to have none. */
  readonly channels: Readonly<Record<string, (message: never) => CallSpan | undefined>>;
  /** Whether the library runs within the span of its call: what it does then, and what comes of that, is below it. */
  readonly runsInside: boolean;
  /** Whether there is a span only below another one. */
  readonly needsParent: boolean;
  /** Writes down in a span what its call has failed with. */
  readonly recordError: (span: Span, error: unknown) => void;
}

/** A span that is to be started. */
export interface CallSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** Where a library's server is; a path without a port is a unix socket. */
export interface ServerMessage {
  readonly serverAddress?: string;
  readonly serverPort?: number;
}

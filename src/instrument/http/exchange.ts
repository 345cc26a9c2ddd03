import type { Context } from '@opentelemetry/api';

/** A request and its response, on either side. */
export interface Exchange {
  /** In which the listeners of both are called. */
  readonly context: Context;
  /** Told every event of both before any listener. */
  note(emitter: object, event: string | symbol, value: unknown): void;
}

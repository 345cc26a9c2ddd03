import type { Context } from '@opentelemetry/api';

/** A request and its response, or a call, on either side. */
export interface Exchange {
  /** In which the listeners are called. */
  readonly context: Context;
  /** Told every event before any listener. */
  note(emitter: object, event: string | symbol, value: unknown): void;
  /** Has `work` done when the response is over, right before the span ends; false where nobody waits for that any more. */
  beforeEnd?(work: () => void): boolean;
}

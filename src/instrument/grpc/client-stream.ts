import type { Context } from '@opentelemetry/api';
import type { Exchange } from '../exchange.ts';
import { type CallError, type CallSpan, StatusCode } from './call-span.ts';

/** A client's call whose answer is a stream: over when its status is there. */
export class ClientStream implements Exchange {
  readonly context: Context;
  readonly #span: CallSpan;

  constructor(context: Context, span: CallSpan) {
    this.context = context;
    this.#span = span;
  }

  note(_call: object, event: string | symbol, value: unknown): void {
    if (event === 'status') this.#span.finish((value as CallError).code);
    else if (event === 'error') this.#span.emitError(value as CallError | undefined);
    // Closed without a status, it was destroyed by its reader: gRPC then keeps the status back, if need be for ever.
    else if (event === 'close') this.#span.cancel(StatusCode.CANCELLED);
  }
}

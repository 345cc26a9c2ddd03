import { type Context, context, type Span } from '@opentelemetry/api';
import { Itself } from '../carried.ts';

type Attached = ReturnType<typeof context.attach>;

/**
 * One call of a library, told of by what it publishes on a TracingChannel, one object for all messages of a call.
 *
 * Its span is kept in that object, as `carried.ts` keeps an exchange. It ends once: where the call has failed, or else where
 * its promise is settled or its callback is about to be called. Some libraries call a callback twice.
 */
export class PublishedCall extends Itself {
  readonly #span: Span;
  /** Undefined when the library has returned, and where it does not run within the span. */
  #inside: Attached | undefined;

  private constructor(message: object, span: Span, inside: Context | undefined) {
    super(message);
    this.#span = span;
    this.#inside = inside === undefined ? undefined : context.attach(inside);
  }

  /**
   * The call begins.
   *
   * @param inside is active until the library returns; what it goes on with later keeps it
   */
  static start(message: object, span: Span, inside: Context | undefined): void {
    void new PublishedCall(message, span, inside);
  }

  /** The library has returned, and the app goes on outside of the span. */
  static leave(this: void, message: object): void {
    if (!(#span in message)) return;
    message.#inside?.dispose();
    message.#inside = undefined;
  }

  /** The call is over. */
  static end(this: void, message: object): void {
    if (#span in message && message.#span.isRecording()) message.#span.end();
  }

  /** The call has failed, and is over. */
  static fail(message: object, record: (span: Span) => void): void {
    if (!(#span in message) || !message.#span.isRecording()) return;
    record(message.#span);
    message.#span.end();
  }
}

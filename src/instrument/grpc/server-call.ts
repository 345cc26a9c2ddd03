import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Exchange } from '../exchange.ts';
import { type CallError, type CallSpan, StatusCode } from './call-span.ts';
import type { ServerCall } from './grpc-js.ts';

interface Abandoned {
  readonly span: CallSpan;
  readonly code: 1 | 4;
  readonly atMs: number;
}

/** Cancelled calls that nobody can answer any more. */
const abandoned = new FinalizationRegistry<Abandoned>(({ span, code, atMs }) => span.cancel(code, atMs));

/**
 * A call whose handler answers once, which ends the span, although it be long after the client has gone.
 *
 * A handler that never answers is known by this object: the call and the function that answers keep it, so that it is
 * collected when neither is there any more. The span has then ended when the client went.
 */
export class AnsweredCall implements Exchange {
  context: Context;
  readonly span: CallSpan;

  constructor(context: Context, span: CallSpan) {
    this.context = context;
    this.span = span;
  }

  note(call: object, event: string | symbol): void {
    if (event !== 'cancelled' || !this.span.isOpen) return;
    abandoned.register(this, { span: this.span, code: whyCancelled(call as ServerCall), atMs: performance.now() });
  }

  answered(error: unknown): void {
    if (error) this.span.answerError(error, (error as CallError).message);
    else this.span.finish(StatusCode.OK);
  }
}

/**
 * The same where the client does not stream either: after the answer nothing more is heard of such a call, but that it was cancelled while
 * its status was on the way.
 *
 * What gRPC has of a call is collected long after it, when V8 has moved it from one generation to the next. The span was moved with it,
 * which cost as much as everything else that is done for a call; so it is let go.
 */
export class UnaryCall extends AnsweredCall {
  override answered(error: unknown): void {
    super.answered(error);
    this.context = ROOT_CONTEXT;
  }
}

/** A call whose handler streams its answer: over when that is written, or when nobody reads it any more. */
export class StreamedCall implements Exchange {
  readonly context: Context;
  readonly span: CallSpan;

  constructor(context: Context, span: CallSpan) {
    this.context = context;
    this.span = span;
  }

  note(call: object, event: string | symbol, value: unknown): void {
    if (event === 'finish') this.span.finish(StatusCode.OK);
    else if (event === 'error') this.span.emitError(value as CallError | undefined);
    else if (event === 'cancelled') this.span.cancel(whyCancelled(call as ServerCall));
  }
}

function whyCancelled(call: ServerCall): 1 | 4 {
  return Number(call.getDeadline()) <= Date.now() ? StatusCode.DEADLINE_EXCEEDED : StatusCode.CANCELLED;
}

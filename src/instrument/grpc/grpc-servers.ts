import { type Context, context, propagation, ROOT_CONTEXT, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { SameAttributes } from '../../core/attribute-list.ts';
import { carryBound } from '../bound-emit.ts';
import type { Exchange } from '../exchange.ts';
import { type CallError, CallSpan } from './call-span.ts';
import { incoming } from './carriers.ts';
import type { Answer, Handler, ServerCall, Server } from './grpc-js.ts';
import { metadataCapture, type MetadataCapture } from './metadata-capture.ts';
import { describeMethod } from './method.ts';
import { AnsweredCall, StreamedCall, UnaryCall } from './server-call.ts';
import type { GrpcSettings } from './settings.ts';

type TracedCall = AnsweredCall | StreamedCall;
type Begin = <Call extends TracedCall>(
  Call: new (context: Context, span: CallSpan) => Call,
  call: ServerCall,
) => Call | undefined;

/** What `addService` calls the types of methods, and what those who call `register` themselves may have from elsewhere. */
const STREAMED = new Set(['serverStream', 'server_stream', 'bidi']);

/** All calls that are not recorded. */
const ignored: Exchange = { context: suppressTracing(ROOT_CONTEXT), note: () => {} };

/** Traces the calls that the process's servers get. */
export class GrpcServers {
  tracer: Tracer | undefined;
  readonly #ignores: GrpcSettings['ignores'];
  readonly #captureRequest: MetadataCapture | undefined;
  readonly #captureResponse: MetadataCapture | undefined;

  constructor({ ignores, capturedMetadata }: GrpcSettings) {
    this.#ignores = ignores;
    this.#captureRequest = metadataCapture('request', capturedMetadata.serverRequest);
    this.#captureResponse = metadataCapture('response', capturedMetadata.serverResponse);
  }

  /**
   * Has every handler wrapped when it is registered: once for its method, not once for each call.
   *
   * @param onError told what goes wrong in here; the call is served untraced
   */
  patch(prototype: Server, onError: (error: unknown) => void): void {
    const { register } = prototype;
    const run = 'drain' in prototype ? runAndSeeError : runToEnd;
    const wrap = (path: string, handler: Handler, type: string): Handler => {
      if (typeof handler !== 'function') return handler;
      if (this.#ignores?.(path)) return ignoring(handler);
      const begin = this.#beginner(path, onError);
      if (STREAMED.has(type)) return tracingStreams(handler, begin, run);
      return tracingAnswers(type === 'unary' ? UnaryCall : AnsweredCall, handler, begin, run);
    };
    prototype.register = function (path, handler, serialize, deserialize, type) {
      return register.call(this, path, wrap(path, handler, type), serialize, deserialize, type);
    };
  }

  #beginner(path: string, onError: (error: unknown) => void): Begin {
    const { spanName, attributes } = describeMethod(path);
    const options = new SameAttributes(SpanKind.SERVER, attributes);
    return (Call, call) => {
      if (this.tracer === undefined) return undefined;
      try {
        const parent = propagation.extract(ROOT_CONTEXT, call.metadata, incoming);
        const span = this.tracer.startSpan(spanName, options, parent);
        const traced = new Call(trace.setSpan(parent, span), new CallSpan(span));
        carryBound(call, traced);
        if (this.#captureRequest !== undefined) traced.span.setAttributes(this.#captureRequest(call.metadata));
        if (this.#captureResponse !== undefined) captureSent(call, traced.span, this.#captureResponse);
        return traced;
      } catch (error) {
        onError(error);
        return undefined;
      }
    };
  }
}

function ignoring(handler: Handler): Handler {
  return function (call, answer) {
    carryBound(call, ignored);
    const token = context.attach(ignored.context);
    try {
      return serve(handler, this, call, answer);
    } finally {
      token.dispose();
    }
  };
}

function tracingStreams(handler: Handler, begin: Begin, run: Run): Handler {
  return function (call) {
    const traced = begin(StreamedCall, call);
    return traced === undefined ? handler.call(this, call) : run(traced, handler, this, call);
  };
}

function tracingAnswers(Call: typeof AnsweredCall, handler: Handler, begin: Begin, run: Run): Handler {
  return function (call, answer) {
    const traced = begin(Call, call);
    if (traced === undefined) return handler.call(this, call, answer);
    // Four, as gRPC's own takes: the rest of more would be an array for every call.
    return run(traced, handler, this, call, (error, value, trailer, flags) => {
      traced.answered(error);
      return answer?.(error, value, trailer, flags);
    });
  };
}

/** Those that stream their answers are given the call alone. */
function serve(handler: Handler, self: unknown, call: ServerCall, answer: Answer | undefined): unknown {
  return answer === undefined ? handler.call(self, call) : handler.call(self, call, answer);
}

type Run = (traced: TracedCall, handler: Handler, self: unknown, call: ServerCall, answer?: Answer) => unknown;

/** Since 1.10 gRPC catches what a handler throws, and nobody but the span is told. */
const runAndSeeError: Run = (traced, handler, self, call, answer) => {
  const token = context.attach(traced.context);
  try {
    return serve(handler, self, call, answer);
  } catch (error) {
    traced.span.throwError(error as CallError | undefined);
    throw error;
  } finally {
    token.dispose();
  }
};

/** Before that it may end the process: Node.js must not print this here as the line that has thrown. */
const runToEnd: Run = (traced, handler, self, call, answer) => {
  const token = context.attach(traced.context);
  let hasReturned = false;
  try {
    const result = serve(handler, self, call, answer);
    hasReturned = true;
    return result;
  } finally {
    if (!hasReturned) traced.span.throwError(undefined);
    token.dispose();
  }
};

function captureSent(call: ServerCall, span: CallSpan, capture: MetadataCapture): void {
  const { sendMetadata } = call;
  call.sendMetadata = (metadata) => {
    span.setAttributes(capture(metadata));
    sendMetadata.call(call, metadata);
  };
}

import { type Attributes, type Context, context, propagation, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import { carryBound } from '../bound-emit.ts';
import { CallSpan, StatusCode } from './call-span.ts';
import { outgoing } from './carriers.ts';
import { ClientStream } from './client-stream.ts';
import type { Answer, Client, Metadata, Request, RequestName, RequestOptions } from './grpc-js.ts';
import { metadataCapture, type MetadataCapture } from './metadata-capture.ts';
import { describeMethod } from './method.ts';
import type { GrpcSettings } from './settings.ts';
import { targetAttributes } from './target.ts';

/** Where the optional arguments begin, and whether the answer is a stream instead of given to a callback. */
const requests: Readonly<Record<RequestName, readonly [optionalAt: number, streams: boolean]>> = {
  makeUnaryRequest: [4, false],
  makeClientStreamRequest: [3, false],
  makeServerStreamRequest: [4, true],
  makeBidiStreamRequest: [3, true],
};

interface Begun {
  readonly span: CallSpan;
  readonly context: Context;
  /** What gRPC is given in the place of the app's optional arguments. */
  readonly optional: readonly unknown[];
}

/** Traces the calls that the process's clients make. */
export class GrpcClients {
  tracer: Tracer | undefined;
  readonly #captureRequest: MetadataCapture | undefined;
  readonly #captureResponse: MetadataCapture | undefined;
  readonly #targets = new WeakMap<object, Attributes>();

  constructor({ capturedMetadata }: GrpcSettings) {
    this.#captureRequest = metadataCapture('request', capturedMetadata.clientRequest);
    this.#captureResponse = metadataCapture('response', capturedMetadata.clientResponse);
  }

  /**
   * Wraps the four methods that every call of every client goes through. What makes client classes of definitions takes
   * these methods over while it loads: they must be wrapped before.
   *
   * @param onError told what goes wrong in here; the call is made untraced
   */
  patch(prototype: Client, onError: (error: unknown) => void): void {
    for (const [name, [optionalAt, streams]] of Object.entries(requests)) {
      const request = prototype[name as RequestName];
      const trace = this.#wrap(request, optionalAt, streams, onError);
      prototype[name as RequestName] = trace;
    }
  }

  #wrap(request: Request, optionalAt: number, streams: boolean, onError: (error: unknown) => void): Request {
    const begin = (client: Client, path: unknown, given: RequestOptions, own: boolean): Begun | undefined => {
      // Without options gRPC fails by itself.
      if (this.tracer === undefined || typeof path !== 'string' || !given.options) return undefined;
      try {
        return this.#begin(client, path, given, own);
      } catch (error) {
        onError(error);
        return undefined;
      }
    };
    const captureResponse = this.#captureResponse;

    return function (...args) {
      const [first, second, third] = args.slice(optionalAt);
      const given = streams
        ? this.checkMetadataAndOptions(first, second)
        : this.checkOptionalUnaryResponseArguments(first, second, third);
      const begun = begin(this, args[0], given, given.metadata === first);
      if (begun === undefined) return Reflect.apply(request, this, args);

      const { span, optional } = begun;
      let isMade = false;
      try {
        const call = context.with(begun.context, request, this, ...args.slice(0, optionalAt), ...optional);
        isMade = true;
        if (streams) carryBound(call, new ClientStream(begun.context, span));
        if (captureResponse !== undefined) {
          call.on('metadata', (metadata: Metadata) => span.setAttributes(captureResponse(metadata)));
        }
        return call;
      } finally {
        // Not by `catch`: Node.js would print this as the line that has thrown.
        if (!isMade) span.cancel(undefined);
      }
    };
  }

  #begin(client: Client, path: string, given: RequestOptions, isAppsMetadata: boolean): Begun | undefined {
    if (this.tracer === undefined) return undefined;
    const { spanName, attributes } = describeMethod(path);
    const caller = context.active();
    const options = {
      kind: SpanKind.CLIENT,
      attributes: { ...attributes, ...this.#targetOf(client), ...this.#captureRequest?.(given.metadata) },
    };
    const span = this.tracer.startSpan(spanName, options, caller);
    const active = trace.setSpan(caller, span);
    const callSpan = new CallSpan(span);

    const metadata = isAppsMetadata ? copyOf(given.metadata) : given.metadata;
    propagation.inject(active, metadata, outgoing);
    // Behind metadata, those without a prototype are none to gRPC.
    const optional: unknown[] = [
      metadata,
      given.options instanceof Object ? given.options : Object.assign({}, given.options),
    ];
    if (given.callback !== undefined) {
      // The callbacks of clients made of definitions are called within the call's span, those of others outside of it.
      const around = 'service' in client.constructor ? active : caller;
      optional.push(context.bind(around, endBefore(given.callback, callSpan)));
    }
    return { span: callSpan, context: active, optional };
  }

  #targetOf(client: Client): Attributes {
    const channel = client.getChannel();
    let attributes = this.#targets.get(channel);
    if (attributes === undefined) {
      attributes = targetAttributes(channel.getTarget());
      this.#targets.set(channel, attributes);
    }
    return attributes;
  }
}

/**
 * Apps give one object to many calls, some at the same time: what is added for one must not be sent by another.
 *
 * `opaqueData` is what interceptors are told and the server is not; `clone` leaves it behind.
 */
function copyOf(metadata: Metadata & { readonly opaqueData?: unknown }): Metadata {
  const { opaqueData } = metadata;
  return opaqueData === undefined ? metadata.clone() : Object.assign(metadata.clone(), { opaqueData });
}

function endBefore(callback: Answer, span: CallSpan): Answer {
  return (...args) => {
    const [error] = args;
    if (error) span.answerError(error);
    else span.finish(StatusCode.OK);
    return callback(...args);
  };
}

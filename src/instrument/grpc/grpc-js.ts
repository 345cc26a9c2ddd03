/** The parts of @grpc/grpc-js 1.8 and later that are looked at or taken over; its types keep some of them private. */
import type { EventEmitter } from 'node:events';

/** The part of `Metadata` that is used. */
export interface Metadata {
  get(key: string): (string | Buffer)[];
  set(key: string, value: string): void;
  getMap(): object;
  clone(): Metadata;
}

/** A call as the handler of a server gets it. */
export interface ServerCall extends EventEmitter {
  /** What stands between it and the stream: an interceptor of the app's, which has a `nextCall`, or gRPC alone. */
  readonly call?: object;
  readonly metadata: Metadata;
  sendMetadata: (metadata: Metadata) => void;
  getDeadline(): Date | number;
}

export type Answer = (error: unknown, ...rest: unknown[]) => unknown;
/** Those that stream their answers are not given the second parameter. */
export type Handler = (this: unknown, call: ServerCall, answer?: Answer) => unknown;

export interface Server {
  /** Since 1.10. */
  readonly drain?: unknown;
  register: (
    this: Server,
    path: string,
    handler: Handler,
    serialize: unknown,
    deserialize: unknown,
    type: string,
  ) => boolean;
}

/** The optional arguments of a request, told apart. */
export interface RequestOptions {
  readonly metadata: Metadata;
  readonly options: object | null | undefined;
  readonly callback?: Answer;
}

export type RequestName =
  | 'makeUnaryRequest'
  | 'makeClientStreamRequest'
  | 'makeServerStreamRequest'
  | 'makeBidiStreamRequest';

/** Path, functions to serialize and deserialize, the message where it is not a stream, and what is optional. */
export type Request = (this: Client, ...args: unknown[]) => EventEmitter;

export interface Client extends Record<RequestName, Request> {
  getChannel(): { getTarget(): string };
  /** @throws Error where they cannot be told */
  checkOptionalUnaryResponseArguments(first: unknown, second: unknown, third: unknown): RequestOptions;
  checkMetadataAndOptions(first: unknown, second: unknown): RequestOptions;
}

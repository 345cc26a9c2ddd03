/**
 * Our own instrumentation of @grpc/grpc-js, in the place of `@opentelemetry/instrumentation-grpc`: the same spans for a
 * fraction of the time. docs/differences.md lists where they differ.
 */
import type { EventEmitter } from 'node:events';
import type { TracerProvider } from '@opentelemetry/api';
import type { Log } from '../../core/log.ts';
import { bindEmit } from '../bound-emit.ts';
import { hub, type Watcher } from '../hub.ts';
import type { LoadedInstrumentation } from '../instrument.ts';
import { GrpcClients } from './grpc-clients.ts';
import type { Client, Server } from './grpc-js.ts';
import { GrpcServers } from './grpc-servers.ts';
import type { GrpcSettings } from './settings.ts';

export const SCOPE = 'otel-preload/grpc';

/** The calls whose listeners are to find the call's span. */
const callClasses = [
  'ServerUnaryCallImpl',
  'ServerReadableStreamImpl',
  'ServerWritableStreamImpl',
  'ServerDuplexStreamImpl',
  'ClientReadableStreamImpl',
  'ClientDuplexStreamImpl',
] as const;

interface Class<Prototype> {
  readonly prototype: Prototype;
}

/** What is looked for in every file of @grpc/grpc-js. */
interface Exports extends Partial<Readonly<Record<(typeof callClasses)[number], Class<EventEmitter>>>> {
  readonly Client?: Class<Client>;
  readonly Server?: Class<Server>;
}

export interface GrpcInstrumentationOptions extends GrpcSettings {
  readonly log: Log;
}

export class GrpcInstrumentation implements LoadedInstrumentation {
  readonly #servers: GrpcServers;
  readonly #clients: GrpcClients;
  readonly #patched = new WeakSet<object>();

  /** Sees every copy of the package that is loaded from now on. */
  constructor(options: GrpcInstrumentationOptions) {
    this.#servers = new GrpcServers(options);
    this.#clients = new GrpcClients(options);
    const onError = (error: unknown): void =>
      options.log.trouble('grpc', `tracing a gRPC call failed: ${String(error)}; it goes on untraced`);
    const watcher: Watcher = {
      modules: ['@grpc/grpc-js'],
      onLoad: (exports) => {
        this.#patch(exports as Exports, onError);
        return exports;
      },
    };
    hub.required.add(watcher);
    hub.imported.add(watcher);
  }

  setTracerProvider(provider: TracerProvider): void {
    const tracer = provider.getTracer(SCOPE);
    this.#servers.tracer = tracer;
    this.#clients.tracer = tracer;
  }

  setMeterProvider(): void {}

  /** The package's files come one by one, those that others take something from before these. */
  #patch(exports: Exports, onError: (error: unknown) => void): void {
    this.#once(exports.Client, (prototype) => this.#clients.patch(prototype, onError));
    this.#once(exports.Server, (prototype) => this.#servers.patch(prototype, onError));
    for (const name of callClasses) this.#once(exports[name], bindEmit);
  }

  #once<Prototype>(patched: Class<Prototype> | undefined, patch: (prototype: Prototype) => void): void {
    if (patched === undefined || this.#patched.has(patched)) return;
    this.#patched.add(patched);
    patch(patched.prototype);
  }
}

/**
 * Our own instrumentation of HTTP, in the place of `@opentelemetry/instrumentation-http`: the same spans for a fraction
 * of the time. docs/differences.md lists where they differ.
 */
import { type MeterProvider, metrics, type TracerProvider } from '@opentelemetry/api';
import { loadBuiltin } from '../../core/builtin.ts';
import type { Log } from '../../core/log.ts';
import { hub, type Watcher } from '../hub.ts';
import type { LoadedInstrumentation } from '../instrument.ts';
import { bindEmit } from '../bound-emit.ts';
import type { Scheme } from './client-target.ts';
import { Durations } from './durations.ts';
import { HttpClients, type RequestFunctions } from './http-clients.ts';
import { type ConnectFunction, Http2Clients } from './http2-clients.ts';
import { Http2Servers, type ServerFunctions } from './http2-servers.ts';
import { failActiveRequest, HttpServers } from './http-servers.ts';
import type { HttpSettings } from './settings.ts';

export const SCOPE = 'otel-preload/http';

export interface HttpInstrumentationOptions extends HttpSettings {
  /** Whether durations are measured. */
  readonly metrics: boolean;
  /** Calls the listener with every error that nobody catches. */
  readonly onUncaught: (listener: (error: unknown) => void) => void;
  readonly log: Log;
}

export class HttpInstrumentation implements LoadedInstrumentation {
  readonly #servers: HttpServers;
  readonly #clients: HttpClients;
  readonly #metrics: boolean;

  /** Puts everything in; what is not loaded yet follows when it is. */
  constructor(options: HttpInstrumentationOptions) {
    const { log } = options;
    this.#servers = new HttpServers(options);
    this.#clients = new HttpClients(options);
    this.#metrics = options.metrics;
    this.setMeterProvider(metrics.getMeterProvider());

    const onError = (error: unknown): void =>
      log.trouble('http', `tracing an HTTP request failed: ${String(error)}; it goes on untraced`);
    const { IncomingMessage, OutgoingMessage } = loadBuiltin('node:http');
    bindEmit(IncomingMessage.prototype);
    bindEmit(OutgoingMessage.prototype);
    this.#servers.watch(onError);
    options.onUncaught(failActiveRequest);

    const http2Servers = new Http2Servers(this.#servers, onError);
    const http2Clients = new Http2Clients(this.#clients, onError);
    const patched = new Set<unknown>();
    const watcher: Watcher = {
      modules: ['http', 'https', 'http2'],
      onLoad: (exports, name) => {
        if (patched.has(exports)) return exports;
        patched.add(exports);
        if (name === 'http2') {
          http2Servers.patch(exports as ServerFunctions);
          http2Clients.patch(exports as ConnectFunction);
        } else this.#clients.patch(exports as RequestFunctions, name as Scheme, onError);
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

  setMeterProvider(provider: MeterProvider): void {
    if (!this.#metrics) return;
    this.#servers.durations = new Durations(provider, SCOPE, 'server');
    this.#clients.durations = new Durations(provider, SCOPE, 'client');
  }
}

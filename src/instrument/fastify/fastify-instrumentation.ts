/** Our own instrumentation of Fastify 5, by what it publishes: nothing is patched. */
import { tracingChannel } from 'node:diagnostics_channel';
import type { Tracer, TracerProvider } from '@opentelemetry/api';
import type { Log } from '../../core/log.ts';
import { subscribe } from '../hub.ts';
import type { LoadedInstrumentation } from '../instrument.ts';
import type { HandlerMessage, InstanceMessage, Reply, Request } from './fastify.ts';
import { HandlerCall } from './handler-call.ts';
import { noteRoute } from '../note-route.ts';

export const SCOPE = 'otel-preload/fastify';

/** Its first message is also what loads us. */
const INSTANCE = 'fastify.initialization';
const HANDLER = 'fastify.request.handler';
/** Before it, a hook changes what becomes of an error in a content type parser. */
const FIRST_MAJOR = 5;
/** What the plugin `@fastify/otel` gives requests; it makes the same spans, and more. */
const PLUGIN = 'opentelemetry';

export class FastifyInstrumentation implements LoadedInstrumentation {
  #tracer: Tracer | undefined;

  /** Sees every instance that is made from now on. */
  constructor({ log }: { readonly log: Log }) {
    const guarded =
      <Message>(see: (message: Message) => void) =>
      (message: unknown): void => {
        try {
          see(message as Message);
        } catch (error) {
          log.trouble('fastify', `tracing a request of Fastify failed: ${String(error)}; it goes on untraced`);
        }
      };
    const onRoute = guarded((request: Request) => noteRoute(request.raw, request.routeOptions.url));
    // A request that is answered before its handler has its route by this alone; the app may see its name.
    const otelPreload = (request: Request, _reply: Reply, done: () => void): void => {
      onRoute(request);
      done();
    };
    subscribe(
      INSTANCE,
      guarded(({ fastify }: InstanceMessage) => {
        if (Number.parseInt(fastify.version) >= FIRST_MAJOR) fastify.addHook('onRequest', otelPreload);
      }),
    );
    tracingChannel(HANDLER).subscribe({
      start: guarded((message: HandlerMessage) => this.#start(message)),
      end: guarded(HandlerCall.end),
      error: guarded(HandlerCall.fail),
      asyncStart: guarded(HandlerCall.settle),
      asyncEnd: guarded(HandlerCall.settled),
    });
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(SCOPE);
  }

  setMeterProvider(): void {}

  #start(message: HandlerMessage): void {
    const { request, route } = message;
    // Others, of Express mounted in Fastify say, may have said theirs since.
    noteRoute(request.raw, route.url);
    if (this.#tracer !== undefined && !(PLUGIN in request)) HandlerCall.start(this.#tracer, message);
  }
}

/** Our own instrumentation of libraries that publish what they do: nothing is patched. */
import { context, trace, type Tracer, type TracerProvider } from '@opentelemetry/api';
import type { Log } from '../../core/log.ts';
import { subscribe } from '../hub.ts';
import type { LoadedInstrumentation } from '../instrument.ts';
import { h3 } from './h3.ts';
import type { CallSpan, Library } from './library.ts';
import { mysql2 } from './mysql2.ts';
import { PublishedCall } from './published-call.ts';
import { redis } from './redis.ts';

/** By the names of their rows. */
export const libraries = { h3, mysql2, redis } satisfies Record<string, Library>;

type Describe = (message: object) => CallSpan | undefined;

export class PublishedInstrumentation implements LoadedInstrumentation {
  readonly #library: Library;
  #tracer: Tracer | undefined;

  /** Hears of every call from now on. */
  constructor(library: Library, { log }: { readonly log: Log }) {
    this.#library = library;
    const { name, runsInside, recordError } = library;
    const hear = (channel: string, see: (message: object) => void): void =>
      subscribe(channel, (message) => {
        try {
          see(message as object);
        } catch (error) {
          log.trouble(name, `tracing a call of ${name} failed: ${String(error)}; it goes on untraced`);
        }
      });
    for (const [channel, describe] of Object.entries(library.channels)) {
      hear(`tracing:${channel}:start`, (message) => this.#start(message, describe as Describe));
      if (runsInside) hear(`tracing:${channel}:end`, PublishedCall.leave);
      hear(`tracing:${channel}:error`, (message) =>
        PublishedCall.fail(message, (span) => recordError(span, (message as { error?: unknown }).error)),
      );
      // before the callback of the app; a promise is settled one turn later
      hear(`tracing:${channel}:asyncStart`, PublishedCall.end);
    }
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(`otel-preload/${this.#library.name}`);
  }

  setMeterProvider(): void {}

  #start(message: object, describe: Describe): void {
    const before = context.active();
    const { needsParent, runsInside } = this.#library;
    if (this.#tracer === undefined || (needsParent && trace.getSpan(before) === undefined)) return;
    const described = describe(message);
    if (described === undefined) return;
    const span = this.#tracer.startSpan(described.name, described, before);
    PublishedCall.start(message, span, runsInside ? trace.setSpan(before, span) : undefined);
  }
}

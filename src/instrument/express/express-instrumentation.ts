/**
 * Our own instrumentation of Express 4 and 5, in the place of `@opentelemetry/instrumentation-express`: the same spans for a
 * fraction of the time. docs/differences.md lists where they differ.
 */
import type { TracerProvider } from '@opentelemetry/api';
import type { Log } from '../../core/log.ts';
import { hub, type Watcher } from '../hub.ts';
import type { LoadedInstrumentation } from '../instrument.ts';
import type { RouterPrototype } from './express.ts';
import { Routers } from './routers.ts';

export const SCOPE = 'otel-preload/express';

/** What is looked for in the exports of `express`. */
interface Exports {
  /** Express 5 makes routers of its prototype, Express 4 of itself. */
  readonly Router?: Partial<RouterPrototype> & { readonly prototype?: Partial<RouterPrototype> };
}

export class ExpressInstrumentation implements LoadedInstrumentation {
  readonly #routers: Routers;

  /** Sees every copy of the package that is loaded from now on. */
  constructor({ log }: { readonly log: Log }) {
    const routers = new Routers((error) =>
      log.trouble('express', `tracing a layer of Express failed: ${String(error)}; it goes on untraced`),
    );
    this.#routers = routers;
    const watcher: Watcher = {
      modules: ['express'],
      onLoad(exports, name) {
        if (name !== 'express') return exports;
        const { Router } = exports as Exports;
        for (const prototype of [Router?.prototype, Router]) if (isRouter(prototype)) routers.patch(prototype);
        return exports;
      },
    };
    hub.required.add(watcher);
    hub.imported.add(watcher);
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#routers.tracer = provider.getTracer(SCOPE);
  }

  setMeterProvider(): void {}
}

/** Express 3 has no `use` there. */
function isRouter(prototype: Partial<RouterPrototype> | undefined): prototype is RouterPrototype {
  return typeof prototype?.route === 'function' && typeof prototype.use === 'function';
}

import type { Watcher } from './hub.ts';

/** The package whose base class every instrumentation extends. */
export const INSTRUMENTATION = '@opentelemetry/instrumentation';

type Base = new (name: string, version: string, config?: object) => object;

/**
 * Keeps the instrumentations that an app constructs by itself from doing a second time what ours already do.
 *
 * Two of them on one library make every span twice, and a second set of trace headers that no receiver can read. So the
 * base class that the app's copies extend leaves those alone whose scope is in use here; the rest work as they are.
 *
 * @param scopes names of the instrumentations that are in use here
 */
export function quietForeignInstrumentations(scopes: ReadonlySet<string>): Watcher {
  return {
    modules: [INSTRUMENTATION],
    onLoad(exports, name) {
      const { InstrumentationBase } = exports as { InstrumentationBase?: Base };
      if (name !== INSTRUMENTATION || InstrumentationBase === undefined) return exports;
      const value = quiet(InstrumentationBase, scopes);
      const descriptors = Object.getOwnPropertyDescriptors(exports as Record<string, unknown>);
      // What a compiler made of `export` may be a getter; then everybody is given a copy of the exports.
      if (descriptors['InstrumentationBase']?.writable !== true) {
        return Object.create(null, { ...descriptors, InstrumentationBase: { value, enumerable: true } }) as unknown;
      }
      (exports as { InstrumentationBase: Base }).InstrumentationBase = value;
      return exports;
    },
  };
}

function quiet(InstrumentationBase: Base, scopes: ReadonlySet<string>): Base {
  return class extends InstrumentationBase {
    constructor(name: string, version: string, config?: object) {
      const isOurs = scopes.has(name);
      super(name, version, isOurs ? { ...config, enabled: false } : config);
      // registerInstrumentations() enables what is not.
      if (isOurs) Object.defineProperty(this, 'enable', { value: () => {} });
    }
  };
}

import type { TracerOptions, TracerProvider } from '@opentelemetry/api';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';

/** Copies of `@opentelemetry/api` of one major version meet at this symbol. */
const GLOBAL_API = Symbol.for('opentelemetry.js.api.1');

/**
 * Makes the provider that the SDK has registered fit for an app that starts an SDK of its own.
 *
 * An instrumentation that the app constructs for a library which is already instrumented here (its scope is in
 * `scopes`) gets a tracer that records nothing: no span twice, even where the app is one bundled file and its
 * instrumentation could not be kept from patching.
 *
 * @returns the SDK's own provider, for the instrumentations of the preload
 */
export function shareGlobalProvider(scopes: ReadonlySet<string>): TracerProvider | undefined {
  // Not instanceof: the SDK with metrics and logs has a copy of the API of its own.
  const proxy = trace.getTracerProvider() as Partial<ProxyTracerProvider>;
  if (proxy.getDelegate === undefined || proxy.setDelegate === undefined) return undefined;
  const provider = proxy.getDelegate();
  const silent = new ProxyTracerProvider();
  // Inherits, so that what apps call on the SDK's provider besides getTracer is still there.
  const shared: TracerProvider = Object.create(provider, {
    getTracer: {
      value: (name: string, version?: string, options?: TracerOptions) =>
        (scopes.has(name) ? silent : provider).getTracer(name, version, options),
    },
  });
  proxy.setDelegate(shared);
  return provider;
}

/**
 * Lets a newer copy of `@opentelemetry/api` in the app see what ours has registered.
 *
 * A copy ignores globals of an older minor version, and manual spans made through it would be lost without a word. So
 * the globals take the version of the newest copy; the API only adds within a major version.
 *
 * @param version of the copy that the app has loaded
 * @returns whether the globals took it over
 */
export function adoptApiVersion(version: string): boolean {
  const globals = globalThis as { [GLOBAL_API]?: { version: string } };
  const current = globals[GLOBAL_API];
  if (current === undefined || !isNewerMinor(version, current.version)) return false;
  globals[GLOBAL_API] = Object.assign(Object.create(null), current, { version });
  return true;
}

function isNewerMinor(version: string, than: string): boolean {
  const [major, minor = 0] = version.split('.').map(Number);
  const [ourMajor, ourMinor = 0] = than.split('.').map(Number);
  return major === ourMajor && minor > ourMinor;
}

/**
 * The one registry of who wants to see which module.
 *
 * In the bundle, `@opentelemetry/instrumentation` finds the three classes and functions at the end of this file where it
 * imports require-in-the-middle, import-in-the-middle and diagnostics_channel. So an instrumentation that is
 * constructed late, when its target is already being loaded, only writes its wish down here, and hooks.ts, which holds
 * the only real hooks, shows it the module in the same moment.
 */
import { subscribe as subscribeTo, unsubscribe as unsubscribeFrom } from 'node:diagnostics_channel';

/** Shows a loaded module; what it returns takes the place of `exports`. */
export type OnLoad = (exports: unknown, name: string, baseDir?: string) => unknown;

export interface Watcher {
  /** Undefined watches every module. */
  readonly modules: readonly string[] | undefined;
  readonly onLoad: OnLoad;
}

type Subscriber = (message: unknown, name: string | symbol) => void;

class Hub {
  readonly required = new Set<Watcher>();
  readonly imported = new Set<Watcher>();
  /** Module names that are to be hooked besides the catalogue's; hooks.ts sets what happens to them. */
  hookAlso: (modules: readonly string[]) => void = () => {};
  /** Subscribers by channel, so that one which came during a message can be given that message. */
  readonly subscribers = new Map<string | symbol, Set<Subscriber>>();
}

export const hub: Hub = new Hub();

function watcherSet(watchers: Set<Watcher>): new (
  modules: readonly string[] | null,
  options: unknown,
  onLoad: OnLoad,
) => {
  unhook(): void;
} {
  return class {
    readonly #watcher: Watcher;
    constructor(modules: readonly string[] | null, _options: unknown, onLoad: OnLoad) {
      this.#watcher = { modules: modules ?? undefined, onLoad };
      watchers.add(this.#watcher);
      if (modules !== null) hub.hookAlso(modules);
    }
    unhook(): void {
      watchers.delete(this.#watcher);
    }
  };
}

/** Stands where `@opentelemetry/instrumentation` imports require-in-the-middle's `Hook`. */
export const RequireHook = watcherSet(hub.required);

/** Stands where `@opentelemetry/instrumentation` imports import-in-the-middle's `Hook`. */
export const ImportHook = watcherSet(hub.imported);

/** Stands where an instrumentation imports `subscribe` of diagnostics_channel. */
export function subscribe(name: string | symbol, subscriber: Subscriber): void {
  const known = hub.subscribers.get(name) ?? new Set();
  hub.subscribers.set(name, known.add(subscriber));
  subscribeTo(name, subscriber);
}

/** Stands where an instrumentation imports `unsubscribe` of diagnostics_channel. */
export function unsubscribe(name: string | symbol, subscriber: Subscriber): boolean {
  hub.subscribers.get(name)?.delete(subscriber);
  return unsubscribeFrom(name, subscriber);
}

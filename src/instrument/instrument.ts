import { createRequire } from 'node:module';
import { logs, metrics, type LoggerProvider, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import type { Log } from '../core/log.ts';
import { catalog } from './catalog.ts';
import type { CatalogRow } from './catalog-row.ts';
import { INSTRUMENTATION, quietForeignInstrumentations } from './foreign-instrumentations.ts';
import { hub, type Watcher } from './hub.ts';
import { installHooks, wakeOnMessage, type HookOptions } from './hooks.ts';
import { packageVersion } from './package-version.ts';
import { publishingCopies } from './publishing-copies.ts';

const API = '@opentelemetry/api';
const THREADS = 'worker_threads';

/** Loaded modules of the process, by their files. */
const { cache } = createRequire(import.meta.filename);

/** The little of `@opentelemetry/instrumentation`'s `Instrumentation` that is used. */
export interface LoadedInstrumentation {
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
  setLoggerProvider?(provider: LoggerProvider): void;
}

/** What has been made ready, before there is an SDK to record for. */
export interface Instrumented {
  /**
   * The instrumentation scopes that are in use: a second instrumentation of the same name in the app would make every
   * span twice.
   */
  readonly scopes: ReadonlySet<string>;
  /** Tells that the SDK has started; until then its own requires may have woken a row or two. */
  readonly begin: (provider: TracerProvider | undefined) => void;
}

/** An instrumentation of our own, for a row of the catalogue: in the place of OpenTelemetry's, or where a library publishes what it does. */
export interface NativeInstrumentation {
  /** Where that is not what the catalogue says. */
  readonly wokenBy?: readonly string[];
  /** Its constructor puts everything in. */
  readonly create: () => LoadedInstrumentation;
}

export interface InstrumentOptions extends Pick<HookOptions, 'directory' | 'loadImportHook' | 'loadImportLoader'> {
  /** Short names; undefined means the catalogue's defaults. */
  readonly enabled: readonly string[] | undefined;
  readonly disabled: readonly string[];
  readonly metrics: boolean;
  readonly lambda: boolean;
  /** Configuration by short name, handed to the constructor. */
  readonly configs: Readonly<Record<string, object>>;
  /** Instrumentations of our own, by the names of their rows. */
  readonly natives: ReadonlyMap<string, NativeInstrumentation>;
  /** Constructs one instrumentation; its constructor puts the patches in. */
  readonly load: (row: CatalogRow, config: object) => LoadedInstrumentation;
  /** Called before the app gets hold of `node:worker_threads`. */
  readonly onThreads: () => void;
  /** Told the version of every copy of `@opentelemetry/api` that the app loads. */
  readonly onApiCopy: (version: string) => void;
  readonly log: Log;
}

/**
 * Makes every chosen instrumentation ready to load when its target is first required, imported or heard of.
 *
 * An instrumentation that cannot be constructed costs one line; its target works untraced.
 */
export function instrument(options: InstrumentOptions): Instrumented {
  const { enabled, disabled, configs, natives, load, log } = options;
  const rows = catalog.filter((row) => (enabled?.includes(row.name) ?? row.byDefault) && !disabled.includes(row.name));
  const early: LoadedInstrumentation[] = [];
  let connect = (instrumentation: LoadedInstrumentation): unknown => early.push(instrumentation);

  /** What wakes an instrumentation, once. */
  function asleep({ name }: CatalogRow, create: () => LoadedInstrumentation): () => void {
    let isAsleep = true;
    return () => {
      if (!isAsleep) return;
      isAsleep = false;
      try {
        connect(create());
      } catch (error) {
        log.trouble(
          `instrumentation ${name}`,
          `instrumentation ${name} could not be loaded: ${String(error)}; its target runs untraced`,
        );
      }
    };
  }

  const byTarget = new Map<string, (() => void)[]>();
  const atBegin: (() => void)[] = [];
  for (const row of rows) {
    const native = natives.get(row.name);
    const official = (): LoadedInstrumentation => load(row, configs[row.name] ?? {});
    if (row.publishes !== undefined && native !== undefined) {
      wakeOnMessage(row.publishes.channels, asleep(row, native.create));
    }
    const wake = asleep(row, row.publishes === undefined ? (native?.create ?? official) : official);
    const targets = native?.wokenBy ?? row.wokenBy;
    if (Array.isArray(targets)) {
      for (const target of targets) byTarget.set(target, [...(byTarget.get(target) ?? []), wake]);
    } else if (typeof targets === 'object') {
      wakeOnMessage([(targets as { channel: string }).channel], wake);
    } else if (options[targets]) atBegin.push(wake);
  }
  const inUse = rows.filter(
    (row) => Array.isArray(row.wokenBy) || typeof row.wokenBy === 'object' || options[row.wokenBy],
  );

  installHooks({
    targets: [...byTarget.keys(), API, INSTRUMENTATION],
    heard: [THREADS],
    wake(target) {
      if (target === THREADS) options.onThreads();
      if (target !== 'router' || !inUse.some(({ name }) => name === 'express') || !isExpressLoaded()) {
        for (const wake of byTarget.get(target) ?? []) wake();
      }
    },
    leaves: publishingCopies(rows),
    onError: (error, name) =>
      log.trouble(`patch ${name}`, `instrumenting ${name} failed: ${String(error)}; it runs untraced`),
    directory: options.directory,
    loadImportHook: options.loadImportHook,
    loadImportLoader: options.loadImportLoader,
  });

  const apiCopies: Watcher = {
    modules: [API],
    onLoad(exports, name, baseDir) {
      const version = name === API && baseDir !== undefined ? packageVersion(baseDir) : undefined;
      if (version !== undefined) options.onApiCopy(version);
      return exports;
    },
  };
  const official = inUse.filter(({ className }) => className !== undefined);
  const scopes = new Set(official.map(({ name }) => `@opentelemetry/instrumentation-${name}`));
  for (const watcher of [apiCopies, quietForeignInstrumentations(scopes)]) {
    hub.required.add(watcher);
    hub.imported.add(watcher);
  }

  return {
    scopes,
    begin(provider) {
      connect = (instrumentation) => provider !== undefined && instrumentation.setTracerProvider(provider);
      for (const instrumentation of early.splice(0)) {
        connect(instrumentation);
        instrumentation.setMeterProvider(metrics.getMeterProvider());
        instrumentation.setLoggerProvider?.(logs.getLoggerProvider());
      }
      for (const wake of atBegin) wake();
    },
  };
}

/**
 * Express 5 routes by the package `router`. Where its own instrumentation makes the spans of middleware, router's would
 * put a second one around each, called after the first one's wrapper.
 */
function isExpressLoaded(): boolean {
  return Object.keys(cache).some((file) => /[/\\]express[/\\]lib[/\\]/.test(file));
}

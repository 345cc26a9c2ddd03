/** The composition root: puts the rooms together and knows everyone; nobody knows it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { ExporterChoice } from './config/choose-exporters.ts';
import { withEnvironment } from './config/environment.ts';
import { workingDirectory } from './config/files.ts';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/options.ts';
import type { LoadFile } from './core/compiled-loader.ts';
import { createLog } from './core/log.ts';
import { isMainThread } from './core/main-thread.ts';
import { setImmediate } from './core/timers.ts';
import type { ExporterOptions } from './export/create-exporter.ts';
import type { Exporter } from './export/exporter.ts';
import { ExporterSet } from './export/exporter-set.ts';
import { LateExporter } from './export/late-exporter.ts';
import type { DropReason, Ledger } from './export/ledger.ts';
import { OpenSpans } from './export/open-spans.ts';
import type { CatalogRow } from './instrument/catalog-row.ts';
import type { ImportHookPart, ImportLoader } from './instrument/hooks.ts';
import { instrument, type LoadedInstrumentation } from './instrument/instrument.ts';
import { flushBlocking } from './lifecycle/blocking-flush.ts';
import { watchEnds } from './lifecycle/lifecycle.ts';
import { LateThreads } from './lifecycle/late-threads.ts';
import type { ThreadHost } from './lifecycle/thread-host.ts';
import { NodeSDK as TracesSdk } from './parts/node-sdk.ts';
import { createResource } from './resource/create-resource.ts';
import { loadDetectors } from './resource/detectors.ts';
import { createContextManager } from './sdk/context-manager.ts';
import { createDiagLogger } from './sdk/diag-logger.ts';
import { adoptApiVersion, shareGlobalProvider } from './sdk/global-provider.ts';
import { nativeInstrumentations, officialConfigs } from './sdk/instrumentations.ts';
import { createPropagator } from './sdk/propagator.ts';
import { createSampler } from './sdk/sampler.ts';
import { UrlSecrets } from './sdk/url-secrets.ts';
import { RUNTIME, type Runtime } from './span/runtime.ts';

/** `EX_CONFIG` of sysexits.h. */
const EXIT_CONFIG = 78;

const here = import.meta.dirname;

export interface StartOptions {
  /** Loads one of our files by its path; the default is `require`. */
  readonly loadFile?: LoadFile;
  /** Gets the spans in place of the configured exporters. */
  readonly processor?: SpanProcessor;
}

/** Starts tracing in this process or thread. What goes wrong is one line; only `TRACING_STRICT` ends the process. */
export function start({ processor, loadFile = createRequire(import.meta.filename) }: StartOptions = {}): void {
  /** Loads one of the bundle's parts, see scripts/build.ts. */
  const load = (part: string): unknown => loadFile(join(here, `${part}.js`));
  const globals = globalThis as { [RUNTIME]?: Runtime };
  const cwd = workingDirectory();
  const {
    settings,
    choices: named,
    problems,
    mustStop,
    sdkEnvironment,
  } = loadSettings({
    env: process.env,
    cwd,
    readers: {
      yaml: () => load('yaml') as typeof import('./config/yaml.ts'),
      dotenv: () => load('dotenv') as typeof import('./config/dotenv.ts'),
      suggest: () => load('suggest') as typeof import('./config/suggest.ts'),
      declarative: () => load('declarative') as typeof import('./config/declarative/load-declarative.ts'),
    },
  });
  const log = createLog({ level: settings.logLevel });
  if (globals[RUNTIME] !== undefined) {
    if (isMainThread) log.line('warn', 'is already running in this process; this second copy does nothing');
    return;
  }
  // A worker thread has its main thread's configuration, which has been said once.
  if (isMainThread) for (const { text } of problems) log.line('error', text);
  if (mustStop) process.exit(EXIT_CONFIG);
  if (settings.sdkDisabled) return;

  const wantsMetrics = isOn(settings.metricsExporter);
  const wantsOthers = wantsMetrics || isOn(settings.logsExporter);
  // A worker thread may have another environment; where its spans go is for the thread that sends them.
  const loadThreads = (): typeof import('./parts/threads.ts') => load('threads') as typeof import('./parts/threads.ts');
  const host = processor === undefined && !isMainThread ? loadThreads().hosting() : undefined;
  const ownChoices = processor === undefined && host === undefined ? named : [];
  const choices = (host?.choices as ExporterChoice[] | undefined) ?? ownChoices;
  if (choices.length === 0 && processor === undefined && !wantsOthers) return;

  const logLevel = DiagLogLevel[settings.logLevel.toUpperCase() as keyof typeof DiagLogLevel];
  diag.setLogger(createDiagLogger(log), { logLevel, suppressOverrideMessage: true });
  const { resource, ready } = createResource({
    settings,
    cwd,
    detectors: loadDetectors(settings.resourceDetectors, load, log),
    log,
    ignoredPorts: settings.prometheusPort === undefined ? [] : [settings.prometheusPort],
  });
  const guest = host && loadThreads().ThreadGuest.join(host);
  const exporters = choices.map((choice, index): Exporter => {
    const create = (ledger?: Ledger): Exporter => {
      const { createChosen } = load('exporting') as typeof import('./sdk/exporters.ts');
      const make =
        guest && ((options: ExporterOptions) => loadThreads().createGuestExporter(options, guest.carrier(index)));
      return createChosen(choice, { ...settings, ready, log, ...(ledger && { ledger }) }, load, make);
    };
    return guest === undefined && canWait(choice, settings) ? new LateExporter(create, log) : create();
  });
  // When the app waits for something the first time: with its first request it has other things to do. An app that waits for
  // nothing is not kept from its end by that.
  const prepare = (): void => {
    for (const exporter of exporters) if (exporter instanceof LateExporter) exporter.prepare();
  };
  setImmediate(prepare).unref();
  const processors = processor === undefined ? exporters.map((exporter) => exporter.processor) : [processor];
  const openSpans = new OpenSpans();

  let hasThreads = !isMainThread;
  let threads: LateThreads | undefined;
  const instrumented = instrument({
    enabled: settings.enabledInstrumentations,
    disabled: settings.disabledInstrumentations ?? [],
    metrics: wantsMetrics,
    lambda: settings.lambdaHandler !== undefined,
    configs: officialConfigs(settings, isOn(settings.logsExporter)),
    natives: nativeInstrumentations(settings, { metrics: wantsMetrics, load, log }),
    load: (row, config) => withEnvironment(sdkEnvironment, () => new (classOf(row, load))(config)),
    onApiCopy: (version) => {
      if (adoptApiVersion(version))
        log.line('warn', `the app brings @opentelemetry/api ${version}, newer than ours; both are used`);
    },
    onThreads() {
      hasThreads = true;
      threads?.begin();
    },
    directory: here,
    loadImportHook: () => load('import-watch') as ImportHookPart,
    loadImportLoader: () => load('import-loader') as ImportLoader,
    log,
  });

  const { NodeSDK } = wantsOthers ? (load('node-sdk-full') as { NodeSDK: typeof TracesSdk }) : { NodeSDK: TracesSdk };
  const propagator = createPropagator(settings.propagators, load);
  const sdk = withEnvironment(sdkEnvironment, () => {
    const created = new NodeSDK({
      resource,
      autoDetectResources: false,
      spanProcessors: processors.length === 0 ? [] : [openSpans, new UrlSecrets(), ...processors],
      sampler: createSampler(settings, load),
      spanLimits: spanLimits(settings),
      textMapPropagator: propagator,
      contextManager: createContextManager(settings, propagator),
    });
    created.start();
    return created;
  });
  instrumented.begin(shareGlobalProvider(instrumented.scopes));

  const all = new ExporterSet(exporters, {
    openSpans,
    log,
    sendBlocking: (jobs, timeoutMs) => flushBlocking(join(here, 'flush-worker.js'), jobs, timeoutMs),
    ...(wantsOthers ? { shutdownOthers: () => sdk.shutdown() } : {}),
  });
  if (guest === undefined && choices.length > 0) {
    threads = new LateThreads(() => hostThreads(loadThreads().ThreadHost, choices, all, settings));
    if (hasThreads) threads.begin();
  }
  watchEnds(all, { flushTimeoutMs: settings.flushTimeoutMs, tellsOnSignal: settings.stats, threads: guest ?? threads });
  const runtime: Runtime = {
    async forceFlush() {
      const deadlineMs = performance.now() + settings.flushTimeoutMs;
      await all.flushSpans(deadlineMs);
      await guest?.flush(deadlineMs);
    },
    shutdown: () => sdk.shutdown(),
    stats() {
      threads?.drain();
      return all.stats();
    },
  };
  Object.defineProperty(globals, RUNTIME, { value: runtime });
}

/** Sends for the worker threads that this one starts, where it sends itself. */
function hostThreads(
  Host: typeof ThreadHost,
  choices: readonly ExporterChoice[],
  all: ExporterSet,
  { scheduleDelayMs }: Pick<Settings, 'scheduleDelayMs'>,
): ThreadHost {
  return new Host({
    choices,
    scheduleDelayMs,
    adopt: (exporter, payload) => all.adopt(exporter, payload),
    lost: (exporter, reason, spans) => all.lost(exporter, reason as DropReason, spans),
    flush: (timeoutMs) => all.flushSpans(performance.now() + timeoutMs),
  });
}

type InstrumentationClass = new (config: object) => LoadedInstrumentation;

function classOf(row: CatalogRow, load: (part: string) => unknown): InstrumentationClass {
  return (load(`instrumentation-${row.name}`) as { Instrumentation: InstrumentationClass }).Instrumentation;
}

function isOn(exporters: readonly string[]): boolean {
  return exporters.length > 0 && !exporters.includes('none');
}

/** Whether an exporter needs nothing of the start: no file that may be out of reach later, no span's start, nothing to replay. */
function canWait(choice: ExporterChoice, { spoolDirectory }: Settings): boolean {
  if (spoolDirectory !== undefined) return false;
  switch (choice.kind) {
    case 'jaeger-agent':
      return true;
    case 'jaeger-http':
    case 'otlp':
      return choice.certificate === undefined && choice.clientCertificate === undefined;
    case 'otlp-file':
    case 'console':
      return false;
  }
}

/** Limits of spans; the general ones count where the span's own are not set. */
function spanLimits(settings: Settings): SpanLimits {
  return {
    attributeValueLengthLimit: settings.spanAttributeValueLengthLimit ?? settings.attributeValueLengthLimit ?? Infinity,
    attributeCountLimit: settings.spanAttributeCountLimit ?? settings.attributeCountLimit,
    eventCountLimit: settings.spanEventCountLimit,
    linkCountLimit: settings.spanLinkCountLimit,
    attributePerEventCountLimit: settings.eventAttributeCountLimit,
    attributePerLinkCountLimit: settings.linkAttributeCountLimit,
  };
}

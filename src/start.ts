/** The composition root: puts the rooms together and knows everyone; nobody knows it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace';
import { chooseExporters, type ExporterChoice } from './config/choose-exporters.ts';
import { withEnvironment } from './config/environment.ts';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/options.ts';
import { createLog } from './core/log.ts';
import type { ExporterOptions } from './export/create-exporter.ts';
import { ExporterSet } from './export/exporter-set.ts';
import { createGuestExporter } from './export/guest-exporter.ts';
import type { DropReason } from './export/ledger.ts';
import { OpenSpans } from './export/open-spans.ts';
import type { CatalogRow } from './instrument/catalog-row.ts';
import { directoryUrl, type ImportLoader } from './instrument/hooks.ts';
import { instrument, type LoadedInstrumentation } from './instrument/instrument.ts';
import { flushBlocking } from './lifecycle/blocking-flush.ts';
import { watchEnds } from './lifecycle/lifecycle.ts';
import { hosting, ThreadGuest } from './lifecycle/thread-guest.ts';
import { ThreadHost } from './lifecycle/thread-host.ts';
import { createResource } from './resource/create-resource.ts';
import { loadDetectors } from './resource/detectors.ts';
import { createDiagLogger } from './sdk/diag-logger.ts';
import { createExporters } from './sdk/exporters.ts';
import { adoptApiVersion, shareGlobalProvider } from './sdk/global-provider.ts';
import { nativeInstrumentations, officialConfigs } from './sdk/instrumentations.ts';
import { createPropagator } from './sdk/propagator.ts';
import { createSampler } from './sdk/sampler.ts';
import { UrlSecrets } from './sdk/url-secrets.ts';
import { RUNTIME, type Runtime } from './span/runtime.ts';

/** `EX_CONFIG` of sysexits.h. */
const EXIT_CONFIG = 78;

const require = createRequire(import.meta.url);
const here = import.meta.dirname;

/** Loads one of the bundle's parts, see scripts/build.ts. */
const load = (part: string): unknown => require(`./${part}.js`);

export interface StartOptions {
  /** Gets the spans in place of the configured exporters. */
  readonly processor?: SpanProcessor;
}

/** Starts tracing in this process or thread. What goes wrong is one line; only `TRACING_STRICT` ends the process. */
export function start({ processor }: StartOptions = {}): void {
  const globals = globalThis as { [RUNTIME]?: Runtime };
  const { settings, sources, problems, mustStop, sdkEnvironment } = loadSettings({
    env: process.env,
    cwd: process.cwd(),
    readers: {
      yaml: () => load('yaml') as typeof import('./config/yaml.ts'),
      dotenv: () => load('dotenv') as typeof import('./config/dotenv.ts'),
      suggest: () => load('suggest') as typeof import('./config/suggest.ts'),
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
  const host = processor === undefined ? hosting() : undefined;
  const ownChoices = processor === undefined && host === undefined ? chooseExporters(settings, sources) : [];
  const choices = (host?.choices as ExporterChoice[] | undefined) ?? ownChoices;
  if (choices.length === 0 && processor === undefined && !wantsOthers) return;

  const logLevel = DiagLogLevel[settings.logLevel.toUpperCase() as keyof typeof DiagLogLevel];
  diag.setLogger(createDiagLogger(log), { logLevel, suppressOverrideMessage: true });
  const { resource, ready } = createResource({
    settings,
    detectors: loadDetectors(settings.resourceDetectors, load, log),
    log,
    ignoredPorts: settings.prometheusPort === undefined ? [] : [settings.prometheusPort],
  });
  const guest = host && ThreadGuest.join(host);
  const make =
    guest && ((options: ExporterOptions, index: number) => createGuestExporter(options, guest.carrier(index)));
  const exporters = createExporters(choices, { ...settings, ready }, log, load, make);
  const processors = processor === undefined ? exporters.map((exporter) => exporter.processor) : [processor];
  const openSpans = new OpenSpans();

  const instrumented = instrument({
    enabled: settings.enabledInstrumentations,
    disabled: settings.disabledInstrumentations ?? [],
    metrics: wantsMetrics,
    lambda: settings.lambdaHandler !== undefined,
    configs: officialConfigs(settings, isOn(settings.logsExporter)),
    natives: nativeInstrumentations(settings, { metrics: wantsMetrics, load, log }),
    load: (row, config) => withEnvironment(sdkEnvironment, () => construct(row, config)),
    onApiCopy: (version) => {
      if (adoptApiVersion(version))
        log.line('warn', `the app brings @opentelemetry/api ${version}, newer than ours; both are used`);
    },
    partsUrl: directoryUrl(join(here, 'start.js')),
    loadImportLoader: () => load('import-loader') as ImportLoader,
    log,
  });

  const { NodeSDK } = load(wantsOthers ? 'node-sdk-full' : 'node-sdk') as typeof import('./parts/node-sdk.ts');
  const sdk = withEnvironment(sdkEnvironment, () => {
    const created = new NodeSDK({
      resource,
      autoDetectResources: false,
      spanProcessors: processors.length === 0 ? [] : [openSpans, new UrlSecrets(), ...processors],
      sampler: createSampler(settings.tracesSampler, settings.tracesSamplerArg),
      spanLimits: spanLimits(settings),
      textMapPropagator: createPropagator(settings.propagators, load),
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
  const threads = guest ?? (choices.length === 0 ? undefined : hostThreads(choices, all, settings));
  watchEnds(all, { flushTimeoutMs: settings.flushTimeoutMs, tellsOnSignal: settings.stats, threads });
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
  choices: readonly ExporterChoice[],
  all: ExporterSet,
  { scheduleDelayMs }: Pick<Settings, 'scheduleDelayMs'>,
): ThreadHost {
  return new ThreadHost({
    choices,
    scheduleDelayMs,
    adopt: (exporter, payload) => all.adopt(exporter, payload),
    lost: (exporter, reason, spans) => all.lost(exporter, reason as DropReason, spans),
    flush: (timeoutMs) => all.flushSpans(performance.now() + timeoutMs),
  });
}

function construct(row: CatalogRow, config: object): LoadedInstrumentation {
  const { Instrumentation } = load(`instrumentation-${row.name}`) as {
    Instrumentation: new (config: object) => LoadedInstrumentation;
  };
  return new Instrumentation(config);
}

function isOn(exporters: readonly string[]): boolean {
  return exporters.length > 0 && !exporters.includes('none');
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

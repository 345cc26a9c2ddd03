import type { TracerOptions, TracerProvider as ApiTracerProvider } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import type { ForceFlushOptions, TracerProviderOptions } from '@opentelemetry/sdk-trace';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { IdGenerator } from './id-generator.ts';
import { INSPECT, inspectAs, type InspectMethod, knownResource } from './inspect-as.ts';
import { alwaysOn, QuickSampler } from './quick-sampler.ts';
import { SpanProcessors } from './span-processors.ts';
import { Tracer, type TracerSetting } from './tracer.ts';
import { TracerMetrics } from './tracer-metrics.ts';
import { WallClock } from './wall-clock.ts';

const FLUSH_TIMEOUT_MS = 30_000;
const DEFAULT_COUNT = 128;

/**
 * Takes the place of the SDK's `TracerProvider`: the same options, the same behaviour, other tracers and spans.
 *
 * The bundle hands it to NodeSDK where that imports the SDK's (`scripts/build.ts`).
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#tracer-provider
 */
export class TracerProvider implements ApiTracerProvider {
  /** By the name that it has in the SDK, see `SpanProcessors`. */
  readonly _activeSpanProcessor: SpanProcessors;
  readonly _setting: Omit<TracerSetting, 'scope'>;
  readonly _tracers = new Map<string, Tracer>();

  constructor(options: TracerProviderOptions = {}) {
    const { spanLimits: limits = {}, meterProvider } = options;
    this._activeSpanProcessor = new SpanProcessors(options.spanProcessors ?? []);
    this._setting = {
      resource: options.resource ?? defaultResource(),
      sampler: options.sampler ?? new QuickSampler(alwaysOn, true),
      limits: {
        attributeCountLimit: limits.attributeCountLimit ?? DEFAULT_COUNT,
        attributeValueLengthLimit: limits.attributeValueLengthLimit ?? Infinity,
        eventCountLimit: limits.eventCountLimit ?? DEFAULT_COUNT,
        linkCountLimit: limits.linkCountLimit ?? DEFAULT_COUNT,
        attributePerEventCountLimit: limits.attributePerEventCountLimit ?? DEFAULT_COUNT,
        attributePerLinkCountLimit: limits.attributePerLinkCountLimit ?? DEFAULT_COUNT,
      },
      ids: options.idGenerator ?? new IdGenerator(),
      processor: this._activeSpanProcessor,
      clock: new WallClock(),
      metrics: meterProvider && new TracerMetrics(meterProvider),
    };
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const key = `${name}@${version || ''}:${options?.schemaUrl || ''}`;
    let tracer = this._tracers.get(key);
    if (tracer === undefined) {
      // the fields are there in any case, as they are in the SDK
      const scope = { name, version, schemaUrl: options?.schemaUrl } as TracerSetting['scope'];
      tracer = new Tracer({ ...this._setting, scope });
      this._tracers.set(key, tracer);
    }
    return tracer;
  }

  /** @throws the errors of the processors that failed, as a list */
  async forceFlush({ timeoutMillis = FLUSH_TIMEOUT_MS }: ForceFlushOptions = {}): Promise<void> {
    const flushes = this._activeSpanProcessor._spanProcessors.map(async (processor) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        const why = `Span processor did not completed within timeout period of ${timeoutMillis} ms`;
        timer = setTimeout(() => reject(new Error(why)), timeoutMillis);
      });
      try {
        await Promise.race([processor.forceFlush(), late]);
      } finally {
        clearTimeout(timer);
      }
    });
    const settled = await Promise.allSettled(flushes);
    const errors = settled.flatMap((flush) => (flush.status === 'rejected' ? [flush.reason as unknown] : []));
    if (errors.length > 0) throw errors;
  }

  shutdown(): Promise<void> {
    return this._activeSpanProcessor.shutdown();
  }

  [INSPECT](...args: Parameters<InspectMethod>): string {
    const fields = {
      resource: knownResource(this._setting.resource),
      tracers: [...this._tracers.keys()],
      spanProcessors: this._activeSpanProcessor._spanProcessors.map((one) => one.constructor?.name ?? 'SpanProcessor'),
    };
    return inspectAs('TracerProvider', fields, args);
  }
}

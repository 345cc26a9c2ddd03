import {
  type Context,
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  trace,
  type Tracer as ApiTracer,
  TraceFlags,
  type TraceState,
} from '@opentelemetry/api';
import { cleanAttributes, isTracingSuppressed } from '@opentelemetry/core';
import { type IdGenerator, type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';
import type { AttributeList, ListedSpanOptions } from '../core/attribute-list.ts';
import { fillList, isWithin } from './attribute-list.ts';
import { INSPECT, inspectAs, type InspectMethod, knownResource } from './inspect-as.ts';
import { NonRecordingSpan } from './non-recording-span.ts';
import type { QuickSampler } from './quick-sampler.ts';
import { cleanLinks, RecordingSpan, type SpanSetting } from './recording-span.ts';

/** What a tracer needs besides what its spans need. */
export interface TracerSetting extends SpanSetting {
  readonly sampler: Sampler & Partial<Pick<QuickSampler, 'decide'>>;
  readonly ids: IdGenerator;
}

const { NOT_RECORD, RECORD_AND_SAMPLED } = SamplingDecision;
const NO_OPTIONS: SpanOptions = {};
const NO_LIMITS = { attributeCountLimit: Infinity, attributeValueLengthLimit: Infinity };

/** What a sampler has said, with what was made to ask it. */
interface Asked {
  readonly result: SamplingResult;
  readonly links: Link[];
  /** Adds the attributes, the sampler's too. @returns how many were left out */
  readonly addTo: (list: AttributeList) => number;
}

/**
 * Starts spans as the SDK's own tracer does.
 *
 * A sampler that needs no more than the parent and the trace's id is asked before anything is made; any other is shown
 * attributes and links as the specification wants it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-creation
 */
export class Tracer implements ApiTracer {
  readonly instrumentationScope: SpanSetting['scope'];
  readonly _setting: TracerSetting;

  constructor(setting: TracerSetting) {
    this.instrumentationScope = setting.scope;
    this._setting = setting;
  }

  startSpan(name: string, options: SpanOptions = NO_OPTIONS, context: Context = contextApi.active()): Span {
    const parentContext = options.root ? trace.deleteSpan(context) : context;
    if (isTracingSuppressed(parentContext)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

    const setting = this._setting;
    const { sampler, ids, limits, metrics } = setting;
    const parentSpan = trace.getSpan(parentContext);
    const local = parentSpan instanceof RecordingSpan ? parentSpan : undefined;
    const isOurs = local !== undefined || parentSpan instanceof NonRecordingSpan;
    const claimed = parentSpan?.spanContext();
    const parent = claimed !== undefined && (isOurs || isSpanContextValid(claimed)) ? claimed : undefined;
    const traceId = parent === undefined ? ids.generateTraceId() : parent.traceId;
    const kind = options.kind ?? SpanKind.INTERNAL;
    const asked = sampler.decide === undefined ? this._ask(parentContext, traceId, name, kind, options) : undefined;
    const decision = asked?.result.decision ?? (sampler.decide?.(parent, traceId) ? RECORD_AND_SAMPLED : NOT_RECORD);
    metrics?.spanStarted(claimed, decision);

    const spanContext: SpanContext = {
      traceId,
      spanId: ids.generateSpanId(),
      traceFlags: decision === RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE,
      // there in any case, as it is in the SDK's
      traceState: (asked?.result.traceState ?? parent?.traceState) as TraceState,
    };
    if (decision === NOT_RECORD) return new NonRecordingSpan(spanContext);

    const links = asked?.links ?? cleanLinks(options.links, limits);
    // Read once, and not before: it may be made by being read.
    const listed = asked === undefined ? (options as Partial<ListedSpanOptions>).attributeList : undefined;
    const attributes = listed !== undefined && isWithin(listed, limits) ? listed : [];
    let droppedAttributes = 0;
    if (asked !== undefined) droppedAttributes = asked.addTo(attributes);
    else if (attributes !== listed) {
      const { attributes: given } = options;
      if (given) droppedAttributes = fillList(attributes, given, limits);
    }
    const span = new RecordingSpan(setting, {
      name,
      kind,
      spanContext,
      parentSpanContext: parent,
      parent: local,
      attributes,
      droppedAttributes,
      links,
      time: options.startTime,
    });
    setting.processor.onStart(span, parentContext);
    return span;
  }

  startActiveSpan<Fn extends (span: Span) => unknown>(name: string, fn: Fn): ReturnType<Fn>;
  startActiveSpan<Fn extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: Fn): ReturnType<Fn>;
  startActiveSpan<Fn extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: Fn,
  ): ReturnType<Fn>;
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    if (rest.length === 0) return undefined;
    const fn = rest[Math.min(rest.length, 3) - 1] as (span: Span) => unknown;
    const options = rest.length > 1 ? (rest[0] as SpanOptions | undefined) : undefined;
    const parent = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? contextApi.active();
    const span = this.startSpan(name, options, parent);
    return contextApi.with(trace.setSpan(parent, span), fn, undefined, span);
  }

  _ask(context: Context, traceId: string, name: string, kind: SpanKind, options: SpanOptions): Asked {
    const { sampler, limits } = this._setting;
    const links = cleanLinks(options.links, limits) ?? [];
    const { attributes = {}, droppedAttributesCount = 0 } = cleanAttributes(options.attributes, NO_LIMITS);
    const result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
    return {
      result,
      links,
      addTo(list) {
        const kept = cleanAttributes(Object.assign(attributes, result.attributes), limits);
        for (const [key, value] of Object.entries(kept.attributes ?? {})) list.push(key, value);
        return droppedAttributesCount + (kept.droppedAttributesCount ?? 0);
      },
    };
  }

  [INSPECT](...args: Parameters<InspectMethod>): string {
    const { resource, limits } = this._setting;
    const fields = {
      instrumentationScope: this.instrumentationScope,
      resource: knownResource(resource),
      spanLimits: limits,
    };
    return inspectAs('Tracer', fields, args);
  }
}

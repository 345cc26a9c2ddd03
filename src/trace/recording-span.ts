import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import {
  AddAttributeDecision,
  cleanAttributes,
  cleanSimpleAttributes,
  hrTimeDuration,
  type InstrumentationScope,
  isTimeInput,
  isTimeInputHrTime,
  maybeAddAttribute,
  millisToHrTime,
} from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, Span, SpanLimits, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace';
import { type AttributeList, toAttributes } from '../core/attribute-list.ts';
import type { Times } from '../core/times.ts';
import { cleanValue, indexOfKey, isKey } from './attribute-list.ts';
import { INSPECT, inspectAs, type InspectMethod, knownResource } from './inspect-as.ts';
import type { TracerMetrics } from './tracer-metrics.ts';
import { toDuration, toHrTime, wallNanos, wallSeconds, type WallClock } from './wall-clock.ts';

/** What all spans of a tracer have in common. */
export interface SpanSetting {
  readonly scope: InstrumentationScope;
  readonly resource: Resource;
  readonly limits: Required<SpanLimits>;
  readonly processor: Required<Pick<SpanProcessor, 'onStart' | 'onEnding' | 'onEnd'>>;
  readonly clock: WallClock;
  readonly metrics: TracerMetrics | undefined;
}

/** How a span starts. Attributes and links have been cleaned. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanContext: SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  /** The local parent whose clock it keeps. */
  readonly parent: RecordingSpan | undefined;
  readonly attributes: AttributeList;
  readonly droppedAttributes: number;
  readonly links: Link[] | undefined;
  readonly time: TimeInput | undefined;
}

/** In the place of a reading of the monotonic clock, which is never below zero. */
const NONE = -1;

/**
 * A span that is recorded: the SDK's own as to what it does and what processors and exporters read of it, and a quarter as
 * dear between its start and its end. What few spans have, or few processors ask for, is made when it is asked for.
 *
 * Its fields are not `#private`: apps wrap spans, by `Object.create(span)` or a Proxy, and such a span must still work.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#span
 */
export class RecordingSpan implements Span {
  name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext: SpanContext;
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  /** Its neighbours among the spans that have not ended, see `OpenSpans`. */
  _older: RecordingSpan | undefined = undefined;
  _newer: RecordingSpan | undefined = undefined;

  // oxlint-disable-next-line no-unused-private-class-members -- `#own in` asks for it
  readonly #own = true;
  readonly _setting: SpanSetting;
  readonly _spanContext: SpanContext;
  readonly _offsetMicros: number;
  /** Start and end on the monotonic clock, as far as they were read there. */
  readonly _startMs: number;
  _endMs: number = NONE;
  _startTime: HrTime | undefined;
  _endTime: HrTime | undefined = undefined;
  _duration: HrTime | undefined = undefined;
  /** Undefined once somebody has asked for the object, which is then what counts: it may be written to. */
  _list: AttributeList | undefined;
  _attributes: Attributes | undefined = undefined;
  _attributesCount = 0;
  _events: TimedEvent[] | undefined = undefined;
  _links: Link[] | undefined;
  _status: SpanStatus | undefined = undefined;
  _droppedAttributes: number;
  _droppedEvents = 0;
  _droppedLinks = 0;
  _ended = false;

  constructor(setting: SpanSetting, start: SpanStart) {
    const { clock, limits } = setting;
    const { parent, time, links } = start;
    const startMs = clock.startMs();
    this.name = start.name;
    this.kind = start.kind;
    // undefined in a root span; the interface only knows that as an absent property
    this.parentSpanContext = start.parentSpanContext as SpanContext;
    this.resource = setting.resource;
    this.instrumentationScope = setting.scope;
    this._setting = setting;
    this._spanContext = start.spanContext;
    this._offsetMicros = clock.offsetMicros(parent?._offsetMicros);
    this._startMs = time == null ? startMs : NONE;
    this._startTime = time == null ? undefined : this._toHrTime(time);
    this._list = start.attributes;
    this._droppedAttributes = start.droppedAttributes;
    this._links = links;
    if (links !== undefined && links.length > limits.linkCountLimit) {
      this._droppedLinks = links.length - limits.linkCountLimit;
      this._links = links.slice(this._droppedLinks);
    }
  }

  /** The attributes of a span as they came; undefined where `attributes` may say something else. */
  static attributeList(span: ReadableSpan): Readonly<AttributeList> | undefined {
    // neither a Proxy nor what inherits from a span has the private field
    return #own in span && !Object.hasOwn(span, 'attributes') ? span._list : undefined;
  }

  /**
   * Reads start and end without an `HrTime` of either.
   *
   * @returns false where they are not as the clock had them, or somebody has an `HrTime` of the span and may have written into it
   */
  static times(span: ReadableSpan, times: Times): boolean {
    if (!(#own in span) || span._startMs === NONE || span._endMs === NONE) return false;
    if (span._startTime !== undefined || span._endTime !== undefined || span._duration !== undefined) return false;
    const { _offsetMicros: offset, _startMs: startMs, _endMs: endMs } = span;
    times.startSeconds = wallSeconds(offset, startMs);
    times.startNanos = wallNanos(offset, startMs, times.startSeconds);
    times.endSeconds = wallSeconds(offset, endMs);
    times.endNanos = wallNanos(offset, endMs, times.endSeconds);
    return true;
  }

  spanContext(): SpanContext {
    return this._spanContext;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this._isOver() || value === undefined) return this;
    const list = this._list;
    if (list === undefined) return this._setInObject(key, value);
    const { attributeCountLimit, attributeValueLengthLimit } = this._setting.limits;
    const at = indexOfKey(list, key);
    const isNew = at === list.length;
    if (isNew && !isKey(key)) return this;
    if (isNew && at >= attributeCountLimit * 2) return this._dropAttribute();
    const cleaned = cleanValue(key, value, attributeValueLengthLimit);
    if (cleaned === undefined) return this;
    if (isNew) list.push(key, cleaned);
    else list[at + 1] = cleaned;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this._isOver()) return this;
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } = this._setting.limits;
    if (eventCountLimit === 0) {
      diag.warn('No events allowed.');
      this._droppedEvents++;
      return this;
    }
    const { events } = this;
    if (events.length >= eventCountLimit) {
      events.shift();
      this._droppedEvents++;
    }
    const isTime = isTimeInput(attributesOrTime);
    const given = isTime && !isTimeInput(time) ? attributesOrTime : time;
    events.push({
      name,
      time: this._toHrTime(given),
      ...cleanSimpleAttributes(isTime ? undefined : attributesOrTime, {
        attributeCountLimit: attributePerEventCountLimit,
        attributeValueLengthLimit,
      }),
    });
    return this;
  }

  addLink(link: Link): this {
    if (this._isOver()) return this;
    const { limits } = this._setting;
    if (limits.linkCountLimit === 0) {
      this._droppedLinks++;
      return this;
    }
    const { links } = this;
    if (links.length >= limits.linkCountLimit) {
      links.shift();
      this._droppedLinks++;
    }
    links.push(cleanLink(link, limits));
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  /** OK is final, ERROR is not, and UNSET says nothing. */
  setStatus({ code, message }: SpanStatus): this {
    if (this._isOver() || code === SpanStatusCode.UNSET || this._status?.code === SpanStatusCode.OK) return this;
    const status: SpanStatus = { code };
    if (code === SpanStatusCode.ERROR) {
      if (typeof message === 'string') status.message = message;
      else if (message != null) {
        diag.warn(`Dropping invalid status.message of type '${typeof message}', expected 'string'`);
      }
    }
    this._status = status;
    return this;
  }

  updateName(name: string): this {
    if (!this._isOver()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes: Attributes = {};
    if (typeof exception === 'string') attributes['exception.message'] = exception;
    else if (exception) {
      const { code, name, message, stack } = exception;
      if (code) attributes['exception.type'] = code.toString();
      else if (name) attributes['exception.type'] = name;
      if (message) attributes['exception.message'] = message;
      if (stack) attributes['exception.stacktrace'] = stack;
    }
    if (attributes['exception.type'] || attributes['exception.message']) this.addEvent('exception', attributes, time);
    else diag.warn(`Failed to record an exception ${exception as string}`);
  }

  end(endTime?: TimeInput): void {
    if (this._isOver()) {
      const { traceId, spanId } = this._spanContext;
      diag.error(`${this.name} ${traceId}-${spanId} - You can only call end() on a span once.`);
      return;
    }
    if (endTime === undefined && this._startMs !== NONE) this._endMs = this._setting.clock.nowMs();
    else this._endAt(this._toHrTime(endTime));
    if (this._droppedEvents > 0) diag.warn(`Dropped ${this._droppedEvents} events because eventCountLimit reached`);
    if (this._droppedLinks > 0) diag.warn(`Dropped ${this._droppedLinks} links because linkCountLimit reached`);
    const { processor, metrics } = this._setting;
    processor.onEnding(this);
    metrics?.spanEnded(this._spanContext);
    this._ended = true;
    processor.onEnd(this);
  }

  /** @param time given, so the clock that it came from may be another one than the start's */
  _endAt(time: HrTime): void {
    this._endTime = time;
    this._duration = hrTimeDuration(this.startTime, time);
    if (!(this._duration[0] < 0)) return;
    diag.warn(
      'Inconsistent start and end time, startTime > endTime. Setting span duration to 0ms.',
      this.startTime,
      time,
    );
    this._endTime = [...this.startTime];
    this._duration = [0, 0];
  }

  isRecording(): boolean {
    return !this._ended;
  }

  get ended(): boolean {
    return this._ended;
  }

  get attributes(): Attributes {
    if (this._attributes === undefined) {
      this._attributes = toAttributes(this._list ?? []);
      this._attributesCount = (this._list?.length ?? 0) / 2;
      this._list = undefined;
    }
    return this._attributes;
  }

  /** One attribute, without making the object of all of them. */
  attribute(key: string): unknown {
    const list = this._list;
    // beyond the list's end is undefined
    return list === undefined ? this.attributes[key] : list[indexOfKey(list, key) + 1];
  }

  get events(): TimedEvent[] {
    return (this._events ??= []);
  }

  get links(): Link[] {
    return (this._links ??= []);
  }

  get status(): SpanStatus {
    return (this._status ??= { code: SpanStatusCode.UNSET });
  }

  get startTime(): HrTime {
    return (this._startTime ??= toHrTime(this._offsetMicros, this._startMs));
  }

  get endTime(): HrTime {
    if (this._endMs === NONE) return this._endTime ?? [0, 0];
    return (this._endTime ??= toHrTime(this._offsetMicros, this._endMs));
  }

  get duration(): HrTime {
    if (this._endMs === NONE) return this._duration ?? [-1, -1];
    return (this._duration ??= toDuration(this._startMs, this._endMs));
  }

  // The SDK's span has these as plain fields, so there are processors that write them.
  set attributes(attributes: Attributes) {
    this._list = undefined;
    this._attributes = attributes;
  }

  set events(events: TimedEvent[]) {
    this._events = events;
  }

  set links(links: Link[]) {
    this._links = links;
  }

  set status(status: SpanStatus) {
    this._status = status;
  }

  set startTime(time: HrTime) {
    this._startTime = time;
  }

  set endTime(time: HrTime) {
    this._endTime = time;
  }

  get droppedAttributesCount(): number {
    return this._droppedAttributes;
  }

  get droppedEventsCount(): number {
    return this._droppedEvents;
  }

  get droppedLinksCount(): number {
    return this._droppedLinks;
  }

  [INSPECT](...args: Parameters<InspectMethod>): string {
    const fields = {
      name: this.name,
      kind: this.kind,
      spanContext: this._spanContext,
      parentSpanContext: this.parentSpanContext,
      status: this.status,
      startTime: this.startTime,
      endTime: this.endTime,
      duration: this.duration,
      ended: this.ended,
      attributes: this._attributes ?? toAttributes(this._list ?? []),
      events: this._events ?? [],
      links: this._links ?? [],
      droppedAttributesCount: this._droppedAttributes,
      droppedEventsCount: this._droppedEvents,
      droppedLinksCount: this._droppedLinks,
      instrumentationScope: this.instrumentationScope,
      resource: knownResource(this.resource),
    };
    return inspectAs('SpanImpl', fields, args);
  }

  _setInObject(key: string, value: AttributeValue): this {
    const decision = maybeAddAttribute({
      key,
      value,
      attributes: this.attributes,
      limits: this._setting.limits,
      currentAttributesCount: this._attributesCount,
    });
    if (decision === AddAttributeDecision.DROP_LIMIT_REACHED) return this._dropAttribute();
    if (decision === AddAttributeDecision.ADD_NEW) this._attributesCount++;
    return this;
  }

  _dropAttribute(): this {
    this._droppedAttributes++;
    if (this._droppedAttributes === 1) diag.warn('Dropping extra attributes.');
    return this;
  }

  /** A number is a time on the monotonic clock if that has come so far, else milliseconds since 1970. */
  _toHrTime(time: TimeInput | undefined): HrTime {
    const nowMs = this._setting.clock.nowMs();
    if (typeof time === 'number') return time <= nowMs ? toHrTime(this._offsetMicros, time) : millisToHrTime(time);
    if (time instanceof Date) return millisToHrTime(time.getTime());
    return isTimeInputHrTime(time) ? time : toHrTime(this._offsetMicros, nowMs);
  }

  _isOver(): boolean {
    if (!this._ended) return false;
    const { traceId, spanId } = this._spanContext;
    const where = `on ended Span {traceId: ${traceId}, spanId: ${spanId}}`;
    diag.warn(`Cannot execute the operation ${where}`, new Error(`Operation attempted ${where}`));
    return true;
  }
}

/** Links as a span keeps them. */
export function cleanLinks(links: Link[] | undefined, limits: Required<SpanLimits>): Link[] | undefined {
  return links?.map((link) => cleanLink(link, limits));
}

function cleanLink({ context, attributes }: Link, limits: Required<SpanLimits>): Link {
  const { attributePerLinkCountLimit: attributeCountLimit, attributeValueLengthLimit } = limits;
  return { context, ...cleanAttributes(attributes, { attributeCountLimit, attributeValueLengthLimit }) };
}

/** What can happen to a span, told as data: so that the same can be done to a span of the SDK's own and to one of ours. */
import {
  type Attributes,
  type Context,
  diag,
  DiagLogLevel,
  type Exception,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { suppressTracing, TraceState } from '@opentelemetry/core';
import type { ReadableSpan, Sampler, Span, SpanLimits, SpanProcessor } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';
import { someResource } from '../wire/spans.ts';

/** Longer than the two spans' starts may lie apart on a busy machine. */
const TOLERANCE_SECONDS = 60;

type Step = readonly [what: string, does: (span: ApiSpan) => void];

class OwnClass {
  readonly inside = 1;
}

const circular: Record<string, unknown> = { a: 1 };
circular['itself'] = circular;

const anyKey = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'http.url', '7', 'constructor', 'toString') },
  fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
);

const anyPlainValue = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.option(fc.string({ maxLength: 20 })), { maxLength: 4 }),
  fc.array(fc.option(fc.integer(), { nil: undefined }), { maxLength: 4 }),
);

/** What the types allow, and what JavaScript lets through. */
const anyValue: fc.Arbitrary<Attributes[string]> = fc.oneof(
  { weight: 8, arbitrary: anyPlainValue },
  fc.constantFrom(undefined, null, 5n, Symbol('s'), () => 1, new Date(5), new OwnClass(), circular, /x/),
  fc.uint8Array({ maxLength: 20 }),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant(null)), { maxLength: 4 }),
  fc.dictionary(anyKey, fc.oneof(anyPlainValue, fc.constant(undefined), fc.constant(3n)), { maxKeys: 3 }),
) as never;

const anyAttributes: fc.Arbitrary<Attributes> = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(anyKey, anyValue, { maxKeys: 8 }) },
  fc.dictionary(anyKey, anyValue, { maxKeys: 8, noNullPrototype: false }),
  fc.constant(Object.assign(Object.create({ inherited: 1 }) as Attributes, { own: 2 })),
);

/** Times whose order does not depend on how fast the test runs. */
const anyTime: fc.Arbitrary<TimeInput> = fc.oneof(
  fc.constantFrom(0, 0.25, 3, -1, 1e12, 1e12 + 0.123456, 9e12, Number.NaN),
  fc.constantFrom(new Date(1e12), new Date(9e12 + 7)),
  fc.tuple(fc.integer({ min: 0, max: 9e9 }), fc.integer({ min: 0, max: 999_999_999 })),
  fc.constantFrom('not a time', [1, 2, 3], {}) as fc.Arbitrary<never>,
);

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const anyLink: fc.Arbitrary<Link> = fc.record(
  {
    context: fc.constantFrom({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
    attributes: anyAttributes,
  },
  { requiredKeys: ['context'] },
);

const anyException: fc.Arbitrary<Exception> = fc.oneof(
  fc.string({ maxLength: 10 }),
  fc.record(
    {
      code: fc.oneof(fc.integer(), fc.string({ maxLength: 5 })),
      name: fc.string({ maxLength: 5 }),
      message: fc.string(),
      stack: fc.string(),
    },
    { requiredKeys: [], noNullPrototype: true },
  ) as fc.Arbitrary<Exception>,
  fc.constant(new RangeError('out of it')),
  fc.constant(undefined) as fc.Arbitrary<never>,
);

const anyStatus = fc.record(
  {
    code: fc.constantFrom(SpanStatusCode.UNSET, SpanStatusCode.OK, SpanStatusCode.ERROR),
    message: fc.oneof(fc.string(), fc.constant(7), fc.constant(null)),
  },
  { requiredKeys: ['code'] },
) as fc.Arbitrary<SpanStatus>;

const anyEventAttributes: fc.Arbitrary<Attributes | TimeInput | undefined> = fc.oneof(
  maybe(anyAttributes),
  maybe(anyTime),
) as never;

const does = <Given>(
  what: string,
  arbitrary: fc.Arbitrary<Given>,
  does: (span: ApiSpan, given: Given) => unknown,
): fc.Arbitrary<Step> =>
  arbitrary.map((given) => [`${what} ${fc.stringify(given)}`, (span: ApiSpan) => void does(span, given)] as const);

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: does('setAttribute', fc.tuple(anyKey, anyValue), (span, [key, value]) =>
      span.setAttribute(key, value as string),
    ),
  },
  does('setAttributes', anyAttributes, (span, attributes) => span.setAttributes(attributes)),
  does('addEvent', fc.tuple(fc.string({ maxLength: 8 }), anyEventAttributes, maybe(anyTime)), (span, given) =>
    span.addEvent(...given),
  ),
  does('addLink', anyLink, (span, link) => span.addLink(link)),
  does('addLinks', fc.array(anyLink, { maxLength: 3 }), (span, links) => span.addLinks(links)),
  does('recordException', fc.tuple(anyException, maybe(anyTime)), (span, given) => span.recordException(...given)),
  does('setStatus', anyStatus, (span, status) => span.setStatus(status)),
  does('updateName', fc.string({ maxLength: 8 }), (span, name) => span.updateName(name)),
  does('read', fc.constant(undefined), (span) => snapshot(span as Span)),
  does('write to attributes', fc.tuple(anyKey, anyPlainValue), (span, [key, value]) => {
    if (span.isRecording()) (span as Span).attributes[key] ??= value;
  }),
  does('replace status and events', fc.constant(undefined), (span) =>
    Object.assign(span, { status: { code: 2 }, events: [], links: [] }),
  ),
  { weight: 1, arbitrary: does('end', maybe(anyTime), (span, time) => span.end(time)) },
);

export type ParentKind = 'none' | 'local' | 'remote' | 'unsampled' | 'invalid' | 'suppressed';

export interface Story {
  readonly name: string;
  readonly options: SpanOptions | undefined;
  readonly parent: ParentKind;
  readonly limits: SpanLimits | undefined;
  readonly sampler: Sampler | undefined;
  readonly steps: readonly Step[];
}

const anyLimits: fc.Arbitrary<SpanLimits> = fc.record(
  {
    attributeValueLengthLimit: fc.constantFrom(1, 5, 20, Infinity),
    attributeCountLimit: fc.integer({ min: 0, max: 6 }),
    eventCountLimit: fc.integer({ min: 0, max: 3 }),
    linkCountLimit: fc.integer({ min: 0, max: 3 }),
    attributePerEventCountLimit: fc.integer({ min: 0, max: 3 }),
    attributePerLinkCountLimit: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: [] },
);

/** Samplers of the SDK's interface that do all that they may. */
const anySampler: fc.Arbitrary<Sampler> = fc
  .record({
    decision: fc.constantFrom(0, 1, 2),
    attributes: maybe(anyAttributes),
    traceState: maybe(fc.constant(new TraceState('sampler=1'))),
  })
  .map((given) => ({
    shouldSample: (_context, _traceId, name, kind, attributes, links) => ({
      decision: given.decision,
      attributes: { ...given.attributes, asked: `${name} ${kind} ${Object.keys(attributes).join()} ${links.length}` },
      ...(given.traceState && { traceState: given.traceState }),
    }),
    toString: () => `sampler ${fc.stringify(given)}`,
  }));

export const anyStory: fc.Arbitrary<Story> = fc.record({
  name: fc.string({ maxLength: 12 }),
  options: maybe(
    fc.record(
      {
        kind: fc.constantFrom(
          SpanKind.INTERNAL,
          SpanKind.SERVER,
          SpanKind.CLIENT,
          SpanKind.PRODUCER,
          SpanKind.CONSUMER,
        ),
        attributes: anyAttributes,
        links: fc.array(anyLink, { maxLength: 5 }),
        startTime: anyTime,
        root: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  ),
  parent: fc.constantFrom('none', 'local', 'remote', 'unsampled', 'invalid', 'suppressed'),
  limits: maybe(anyLimits),
  sampler: maybe(anySampler),
  steps: fc.array(anyStep, { maxLength: 14 }),
});

/** All that is public of a span, at this moment. */
export function snapshot(span: ReadableSpan): Record<string, unknown> {
  return structuredCloneable({
    name: span.name,
    kind: span.kind,
    spanContext: { ...span.spanContext() },
    parentSpanContext: span.parentSpanContext,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes: span.attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource === someResource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  });
}

/** A copy two levels deep: what is written to the span later must not change what was seen now. */
function structuredCloneable(fields: Record<string, unknown>): Record<string, unknown> {
  const copy = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map((item) => (isPlain(item) ? { ...item } : item))
      : isPlain(value)
        ? { ...value }
        : value;
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, copy(value)]));
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value));

type ProviderClass = new (options: {
  spanProcessors: SpanProcessor[];
  resource: typeof someResource;
  spanLimits?: SpanLimits;
  sampler?: Sampler;
}) => TracerProvider;

/** What came of a story: what processors saw and when, what was said, and how the span looks at the end. */
export function tell(Provider: ProviderClass, story: Story): Record<string, unknown> {
  const seen: unknown[] = [];
  const said: string[] = [];
  const see = (when: string) => (span: ReadableSpan) => void seen.push([when, snapshot(span)]);
  const processor: SpanProcessor = {
    onStart(span, context) {
      see('start')(span);
      seen.push({ parentInContext: { ...trace.getSpanContext(context) } });
    },
    onEnding: see('ending'),
    onEnd: see('end'),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new Provider({
    spanProcessors: [processor],
    resource: someResource,
    ...(story.limits && { spanLimits: story.limits }),
    ...(story.sampler && { sampler: story.sampler }),
  });
  const tracer = provider.getTracer('test', '1.2', { schemaUrl: 'https://a.b/1' });
  const say = (...parts: unknown[]): void => void said.push(parts.map(String).join(' '));
  const silent = (): void => {};
  diag.setLogger(
    { error: say, warn: say, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  try {
    const span = tracer.startSpan(story.name, story.options, contextOf(story.parent, provider));
    const returned = story.steps.map(([, does]) => does(span));
    return {
      seen,
      // ours does not look at what a span that nobody records is given
      said: seen.length === 0 ? [] : said,
      returned,
      isRecording: span.isRecording(),
      spanContext: { ...span.spanContext() },
    };
  } finally {
    diag.disable();
  }
}

function contextOf(parent: ParentKind, provider: TracerProvider): Context {
  const remote = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8), isRemote: true };
  const traceState = new TraceState('vendor=7');
  switch (parent) {
    case 'none':
      return ROOT_CONTEXT;
    case 'local':
      return trace.setSpan(ROOT_CONTEXT, provider.getTracer('test').startSpan('parent'));
    case 'remote':
      return trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 1, traceState });
    case 'unsampled':
      return trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 0, traceState });
    case 'invalid':
      return trace.setSpanContext(ROOT_CONTEXT, { ...remote, spanId: 'none', traceFlags: 1 });
    case 'suppressed':
      return suppressTracing(ROOT_CONTEXT);
  }
}

/** Takes out what no two spans have in common: ids made here become their length, times read from a clock "now". */
export function comparable(value: unknown, key = ''): unknown {
  if (isHrTime(value) && /time/i.test(key)) return isNow(value) ? 'about now' : value;
  // one of its ends may have been now
  if (isHrTime(value) && key === 'duration' && value[0] >= 0) return value[0] < TOLERANCE_SECONDS ? 'short' : 'long';
  if (Array.isArray(value)) return value.map((item) => comparable(item, key));
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item, key)]));
  }
  if (typeof value !== 'string') return value;
  if (/^(?:traceId|spanId)$/.test(key) && !/^(?:a1|b2|0|1|2)+$/.test(value)) return `id of ${value.length} digits`;
  return value
    .replaceAll(/[\da-f]{32}-[\da-f]{16}/g, 'ids')
    .replaceAll(/(?<=traceId: )[\da-f]{32}|(?<=spanId: )[\da-f]{16}/g, 'id')
    .replaceAll(/\b\d{10},\d{1,9}\b/g, 'time');
}

const isHrTime = (value: unknown): value is HrTime =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number');

const isNow = ([seconds]: HrTime): boolean => Math.abs(seconds - Date.now() / 1000) < TOLERANCE_SECONDS;

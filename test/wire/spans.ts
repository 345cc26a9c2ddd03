import { type Attributes, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as fc from 'fast-check';

export const someResource = resourceFromAttributes({
  'service.name': 'user-srv',
  namespace: 'dev',
  address: '127.0.0.1:50061',
  'process.pid': 42,
});

export const someScope = { name: '@opentelemetry/instrumentation-http', version: '0.300.0' };

/** A span that has ended, with what is given in place of what it would have. */
export function aSpan(given: Partial<ReadableSpan> & { readonly context?: SpanContext } = {}): ReadableSpan {
  const { context = aContext(), ...rest } = given;
  return {
    name: 'GET /users/:id',
    kind: SpanKind.INTERNAL,
    spanContext: () => context,
    startTime: [1795367141, 837484123],
    endTime: [1795367141, 839537456],
    duration: [0, 2053333],
    status: { code: SpanStatusCode.UNSET },
    attributes: {},
    links: [],
    events: [],
    ended: true,
    resource: someResource,
    instrumentationScope: someScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...rest,
  };
}

export function aContext(given: Partial<SpanContext> = {}): SpanContext {
  return {
    traceId: '3ddb641b99358b05d2ecf5615e2620c2',
    spanId: 'b30d1c42880c11f3',
    traceFlags: TraceFlags.SAMPLED,
    ...given,
  };
}

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'));

/** Any UTF-16 at all: ASCII, beyond the basic plane, halves of surrogate pairs, short and long. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  fc.string({ maxLength: 20 }).map((text) => text.repeat(100)),
);

export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    -(2 ** 53),
    2 ** 53 + 2,
    2 ** 62,
    2 ** 63,
    -(2 ** 63),
    2 ** 64,
    1e300,
  ),
);

/** exporter-jaeger throws at what has no prototype. */
function anyRecord(values: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.dictionary(anyText, values, { maxKeys: 4, noNullPrototype: true });
}

const anyScalar = fc.oneof(anyText, anyNumber, fc.boolean());

/** What the SDK lets through as a value: lists of one type or of several, with holes, and what is nested. */
const anyAttributeValue = fc.oneof(
  { weight: 8, arbitrary: anyScalar },
  fc.array(fc.option(anyText)),
  fc.array(fc.option(anyNumber, { nil: undefined })),
  fc.array(fc.boolean(), { maxLength: 300 }),
  fc.constant(null),
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.oneof(anyScalar, fc.uint8Array({ maxLength: 5 }), fc.array(anyScalar, { maxLength: 3 })), {
    maxLength: 5,
  }),
  anyRecord(fc.oneof(anyScalar, anyRecord(anyScalar))),
);

const fewKeys = ['a', 'b', 'c', 'd', 'e', 'f', 'url.path', 'http.response.status_code', 'k'.repeat(200)];
const oddKeys = [
  '__proto__',
  'constructor',
  '10',
  '9',
  '',
  'inherited',
  'otel.library.name',
  'span.kind',
  Symbol('key'),
];

const cycle: unknown[] = [];
cycle.push(cycle);
const holes: unknown[] = [];
holes[1] = 1;
holes[3] = Number.NaN;

/** Also what only callers without types give, and what only looks the same. */
const fewValues: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(0, 1, 'GET') },
  fc.constantFrom(
    1,
    '1',
    1n,
    true,
    'true',
    0,
    -0,
    false,
    '',
    null,
    'null',
    undefined,
    Number.NaN,
    'NaN',
    Infinity,
    0.5,
  ),
  fc.constantFrom(2 ** 53, 2 ** 53 + 2, 2n ** 53n, -(2 ** 63), 2 ** 63, 2n ** 63n, 2 ** 64, 1e300, -1, -1n),
  fc.constantFrom('é', '\ud800', '\udc00', '\ufffd', 'x'.repeat(256), `${'x'.repeat(300)}y`, `${'x'.repeat(300)}z`),
  fc.constantFrom([], [1], ['1'], [true, null], holes, cycle, {}, { a: { b: [1n] } }, new Uint8Array([1]), new Date(0)),
  fc.constantFrom<unknown>(() => 1, Symbol('s'), Object.create(null)),
);

/** Of few traces and parents, as those of a request are. */
const fewIds = ['a1', 'b2', 'c3'];
const fewContexts = fewIds.map((id) => aContext({ traceId: id.repeat(16), spanId: id.repeat(8) }));
/** Those with a long attribute are longer than a length of one byte tells. */
const fewLinks = fewContexts.flatMap((context) => [{ context }, { context, attributes: { note: 'x'.repeat(120) } }]);

/** Spans of few keys, values and scopes, so that they say again what those before them said, or almost. */
export const anySimilarSpan: fc.Arbitrary<ReadableSpan> = fc
  .record({
    kind: fc.constantFrom(SpanKind.SERVER, SpanKind.CLIENT),
    instrumentationScope: fc.constantFrom(someScope, { ...someScope }, { name: 'own' }),
    status: fc.constantFrom({ code: SpanStatusCode.UNSET }, { code: SpanStatusCode.ERROR, message: 'no' }),
    droppedEventsCount: fc.constantFrom(0, 1),
    links: fc.array(fc.constantFrom(...fewLinks), { maxLength: 2 }),
    parentSpanContext: fc.constantFrom(undefined, ...fewContexts),
    pairs: fc
      .oneof(fc.subarray(fewKeys), fc.shuffledSubarray([...fewKeys, ...oddKeys]))
      .chain((keys) => fc.tuple(...keys.map((key) => fewValues.map((value) => [key, value] as const)))),
    prototype: fc.constantFrom({}, null, { inherited: 1 }),
  })
  .map(({ pairs, prototype, parentSpanContext, ...rest }) => {
    const attributes = Object.create(prototype) as Attributes;
    for (const [key, value] of pairs) {
      Object.defineProperty(attributes, key, { value, enumerable: true, writable: true, configurable: true });
    }
    return aSpan({ ...rest, attributes, ...(parentSpanContext !== undefined && { parentSpanContext }) });
  });

const anyKey = fc.oneof(
  { weight: 9, arbitrary: anyText.filter((key) => key !== '') },
  fc.constantFrom('__proto__', 'constructor', 'toString', '0', '17'),
);

export const anyAttributes: fc.Arbitrary<Attributes> = fc
  .dictionary(anyKey, anyAttributeValue, { maxKeys: 30 })
  .map((attributes) => attributes as Attributes);

const anyContext: fc.Arbitrary<SpanContext> = fc.record(
  {
    traceId: fc.oneof(hex(32), fc.constantFrom(...fewIds.map((id) => id.repeat(16)))),
    spanId: fc.oneof(hex(16), fc.constantFrom(...fewIds.map((id) => id.repeat(8)))),
    traceFlags: fc.constantFrom(TraceFlags.NONE, TraceFlags.SAMPLED),
    isRemote: fc.boolean(),
    traceState: fc.constant({
      get: () => undefined,
      set: () => aTraceState('a=1'),
      unset: () => aTraceState('a=1'),
      serialize: () => 'vendor=value,b=2',
    }),
  },
  { requiredKeys: ['traceId', 'spanId', 'traceFlags'] },
);

function aTraceState(text: string): NonNullable<SpanContext['traceState']> {
  return { get: () => undefined, set: () => aTraceState(text), unset: () => aTraceState(text), serialize: () => text };
}

const anyTime: fc.Arbitrary<[number, number]> = fc.tuple(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 999_999_999 }),
);

const anyCount = fc.integer({ min: 0, max: 200 });

/** Spans of one resource and few scopes, as a process makes them. */
export const anySpan: fc.Arbitrary<ReadableSpan> = fc
  .record({
    name: anyText,
    kind: fc.constantFrom(SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER),
    context: anyContext,
    parentSpanContext: anyContext,
    hasParent: fc.boolean(),
    startTime: anyTime,
    endTime: anyTime,
    duration: anyTime,
    status: fc.oneof(
      fc.constant({ code: SpanStatusCode.UNSET }),
      fc.constant({ code: SpanStatusCode.OK }),
      anyText.map((message) => ({ code: SpanStatusCode.ERROR, message })),
    ),
    attributes: anyAttributes,
    events: fc.array(
      fc.record(
        { name: anyText, time: anyTime, attributes: anyAttributes, droppedAttributesCount: anyCount },
        { requiredKeys: ['name', 'time'] },
      ),
      { maxLength: 20 },
    ),
    links: fc.array(
      fc.record(
        { context: anyContext, attributes: anyAttributes, droppedAttributesCount: anyCount },
        { requiredKeys: ['context'] },
      ),
      { maxLength: 20 },
    ),
    instrumentationScope: fc.constantFrom(someScope, { name: 'own' }, { name: '', schemaUrl: 'https://a.b/1.2' }),
    droppedAttributesCount: anyCount,
    droppedEventsCount: anyCount,
    droppedLinksCount: anyCount,
  })
  .map(({ hasParent, parentSpanContext, ...rest }) => aSpan(hasParent ? { ...rest, parentSpanContext } : rest));

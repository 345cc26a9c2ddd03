/**
 * How many spans a body holds, by a look at no more of it than that takes: the bench's collector must be cheap.
 *
 * @param path of the request: `/v1/traces` takes OTLP, `/api/traces` Jaeger Thrift, `/v0.4/traces` Datadog's MessagePack
 */
export function countSpans(path: string, contentType: string, body: Uint8Array): number {
  if (path === '/api/traces') return countThrift(body);
  if (/^\/v0\.\d\/traces$/.test(path)) return countMessagePack(body);
  if (path !== '/v1/traces') return 0;
  return contentType.includes('json') ? countJson(body) : countProtobuf(body);
}

// ExportTraceServiceRequest { 1: ResourceSpans { 2: ScopeSpans { 2: Span } } }
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
function countProtobuf(body: Uint8Array): number {
  let spans = 0;
  for (const resourceSpans of messages(body, 1)) {
    for (const scopeSpans of messages(resourceSpans, 2)) for (const _ of messages(scopeSpans, 2)) spans++;
  }
  return spans;
}

/** The messages of one field. */
function* messages(body: Uint8Array, field: number): Generator<Uint8Array> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = body[at++];
      if (byte === undefined) throw new Error('cut protobuf');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      if (at + length > body.length) throw new Error('cut protobuf');
      if (tag >> 3 === field) yield body.subarray(at, at + length);
      at += length;
    } else throw new Error(`wire type ${wireType}`);
  }
}

interface OtlpJson {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly unknown[] }[] }[];
}

function countJson(body: Uint8Array): number {
  const { resourceSpans = [] } = JSON.parse(new TextDecoder().decode(body)) as OtlpJson;
  const scopes = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans);
  return scopes.reduce((sum, { spans = [] }) => sum + spans.length, 0);
}

const THRIFT = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  list: 15,
} as const;
const FIXED: Readonly<Record<number, number>> = {
  [THRIFT.bool]: 1,
  [THRIFT.byte]: 1,
  [THRIFT.double]: 8,
  [THRIFT.i16]: 2,
  [THRIFT.i32]: 4,
  [THRIFT.i64]: 8,
};

// Batch { 1: Process, 2: list<Span> } in TBinaryProtocol: each field is its type (1 byte), its id (2 bytes) and its
// value; a list's value begins with the type (1 byte) and the number (4 bytes) of its elements.
// https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
function countThrift(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  const skip = (type: number): void => {
    const fixed = FIXED[type];
    if (fixed !== undefined) at += fixed;
    else if (type === THRIFT.string) at += 4 + view.getInt32(at);
    else if (type === THRIFT.struct) {
      for (let field = view.getUint8(at++); field !== THRIFT.stop; field = view.getUint8(at++)) {
        at += 2;
        skip(field);
      }
    } else if (type === THRIFT.list) {
      const element = view.getUint8(at);
      const length = view.getInt32(at + 1);
      at += 5;
      for (let i = 0; i < length; i++) skip(element);
    } else throw new Error(`Thrift type ${type}`);
  };
  for (let field = view.getUint8(at++); field !== THRIFT.stop; field = view.getUint8(at++)) {
    const id = view.getInt16(at);
    at += 2;
    if (id === 2 && field === THRIFT.list) return view.getInt32(at + 1);
    skip(field);
  }
  return 0;
}

/** Each span has one key `span_id`, a short string in MessagePack. */
const SPAN_ID = '\xa7span_id';

function countMessagePack(body: Uint8Array): number {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let spans = 0;
  for (let at = bytes.indexOf(SPAN_ID, 0, 'latin1'); at !== -1; at = bytes.indexOf(SPAN_ID, at + 1, 'latin1')) spans++;
  return spans;
}

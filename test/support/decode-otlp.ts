/** An attribute as a test wants to read it: bytes are a Uint8Array, an int64 that is not exact is a bigint. */
export type OtlpPlain =
  | undefined
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | readonly OtlpPlain[]
  | { readonly [key: string]: OtlpPlain };

export type OtlpAttributes = Readonly<Record<string, OtlpPlain>>;

export interface OtlpSpan {
  /** 32 hex digits, lower case. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly flags: number;
  readonly name: string;
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly scope: { readonly name: string; readonly version: string | undefined; readonly attributes: OtlpAttributes };
  readonly attributes: OtlpAttributes;
  readonly events: readonly {
    readonly name: string;
    readonly timeNs: bigint;
    readonly attributes: OtlpAttributes;
    readonly droppedAttributesCount: number;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string | undefined;
    readonly flags: number;
    readonly attributes: OtlpAttributes;
    readonly droppedAttributesCount: number;
  }[];
  readonly status: { readonly code: 'UNSET' | 'OK' | 'ERROR'; readonly message: string | undefined };
  readonly startTimeNs: bigint;
  readonly endTimeNs: bigint;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export interface OtlpBatch {
  readonly resource: OtlpAttributes;
  readonly spans: readonly OtlpSpan[];
}

/**
 * Reads an ExportTraceServiceRequest; throws on whatever the proto does not know.
 *
 * @param body bytes, or the JSON text
 * @param contentType `application/json` or `application/x-protobuf`, parameters ignored
 */
export function decodeOtlp(body: Uint8Array | string, contentType: string): OtlpBatch {
  return normaliseOtlp(decodeOtlpRequest(body, contentType));
}

/** A message in its JSON form: int64 and fixed64 are decimal strings, ids hex, bytes base64. */
export type OtlpMessage = { readonly [field: string]: unknown };

/** The same request before it is made plain, each AnyValue still with its type; protobuf takes its JSON form. */
export function decodeOtlpRequest(body: Uint8Array | string, contentType: string): OtlpMessage {
  const json = contentType.startsWith('application/json');
  if (json) return JSON.parse(typeof body === 'string' ? body : utf8(body)) as OtlpMessage;
  if (typeof body === 'string') throw new Error(`${contentType} in a string`);
  return readMessage(body, messages.Request);
}

type Scalar = 'string' | 'bytes' | 'hex' | 'bool' | 'int64' | 'uint32' | 'enum' | 'double' | 'fixed64' | 'fixed32';
type Message =
  | 'Request'
  | 'ResourceSpans'
  | 'Resource'
  | 'ScopeSpans'
  | 'Scope'
  | 'Span'
  | 'Event'
  | 'Link'
  | 'Status'
  | 'KeyValue'
  | 'AnyValue'
  | 'ArrayValue'
  | 'KeyValueList';
interface Field {
  readonly name: string;
  readonly wire: Scalar | Message;
  readonly repeated?: true;
}
type Schema = Readonly<Record<number, Field>>;

const attributes: Field = {
  name: 'attributes',
  wire: 'KeyValue',
  repeated: true,
};
const dropped: Field = { name: 'droppedAttributesCount', wire: 'uint32' };
const schemaUrl: Field = { name: 'schemaUrl', wire: 'string' };

/** opentelemetry/proto/{collector/trace,trace,common,resource}/v1 as of 1.5 and later. */
const messages: Readonly<Record<Message, Schema>> = {
  Request: { 1: { name: 'resourceSpans', wire: 'ResourceSpans', repeated: true } },
  ResourceSpans: {
    1: { name: 'resource', wire: 'Resource' },
    2: { name: 'scopeSpans', wire: 'ScopeSpans', repeated: true },
    3: schemaUrl,
  },
  Resource: { 1: attributes, 2: dropped },
  ScopeSpans: {
    1: { name: 'scope', wire: 'Scope' },
    2: { name: 'spans', wire: 'Span', repeated: true },
    3: schemaUrl,
  },
  Scope: { 1: { name: 'name', wire: 'string' }, 2: { name: 'version', wire: 'string' }, 3: attributes, 4: dropped },
  Span: {
    1: { name: 'traceId', wire: 'hex' },
    2: { name: 'spanId', wire: 'hex' },
    3: { name: 'traceState', wire: 'string' },
    4: { name: 'parentSpanId', wire: 'hex' },
    5: { name: 'name', wire: 'string' },
    6: { name: 'kind', wire: 'enum' },
    7: { name: 'startTimeUnixNano', wire: 'fixed64' },
    8: { name: 'endTimeUnixNano', wire: 'fixed64' },
    9: attributes,
    10: dropped,
    11: { name: 'events', wire: 'Event', repeated: true },
    12: { name: 'droppedEventsCount', wire: 'uint32' },
    13: { name: 'links', wire: 'Link', repeated: true },
    14: { name: 'droppedLinksCount', wire: 'uint32' },
    15: { name: 'status', wire: 'Status' },
    16: { name: 'flags', wire: 'fixed32' },
  },
  Event: {
    1: { name: 'timeUnixNano', wire: 'fixed64' },
    2: { name: 'name', wire: 'string' },
    3: attributes,
    4: dropped,
  },
  Link: {
    1: { name: 'traceId', wire: 'hex' },
    2: { name: 'spanId', wire: 'hex' },
    3: { name: 'traceState', wire: 'string' },
    4: attributes,
    5: dropped,
    6: { name: 'flags', wire: 'fixed32' },
  },
  Status: { 2: { name: 'message', wire: 'string' }, 3: { name: 'code', wire: 'enum' } },
  KeyValue: { 1: { name: 'key', wire: 'string' }, 2: { name: 'value', wire: 'AnyValue' } },
  AnyValue: {
    1: { name: 'stringValue', wire: 'string' },
    2: { name: 'boolValue', wire: 'bool' },
    3: { name: 'intValue', wire: 'int64' },
    4: { name: 'doubleValue', wire: 'double' },
    5: { name: 'arrayValue', wire: 'ArrayValue' },
    6: { name: 'kvlistValue', wire: 'KeyValueList' },
    7: { name: 'bytesValue', wire: 'bytes' },
  },
  ArrayValue: { 1: { name: 'values', wire: 'AnyValue', repeated: true } },
  KeyValueList: { 1: { name: 'values', wire: 'KeyValue', repeated: true } },
};

function wireTypeOf(wire: Field['wire']): number {
  switch (wire) {
    case 'bool':
    case 'int64':
    case 'uint32':
    case 'enum':
      return 0;
    case 'double':
    case 'fixed64':
      return 1;
    case 'fixed32':
      return 5;
    default:
      return 2;
  }
}

function readMessage(bytes: Uint8Array, schema: Schema): OtlpMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message: Record<string, unknown> = {};
  let at = 0;

  function skip(count: number): number {
    const from = at;
    if (from + count > bytes.length) throw new Error(`${count} bytes at ${from} are not there`);
    at += count;
    return from;
  }

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(skip(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('varint of more than ten bytes');
  }

  function chunk(): Uint8Array {
    const length = Number(varint());
    const from = skip(length);
    return bytes.subarray(from, from + length);
  }

  function read(wire: Field['wire']): unknown {
    switch (wire) {
      case 'string':
        return utf8(chunk());
      case 'bytes':
        return Buffer.from(chunk()).toString('base64');
      case 'hex':
        return Buffer.from(chunk()).toString('hex');
      case 'bool':
        return varint() !== 0n;
      case 'int64':
        return String(BigInt.asIntN(64, varint()));
      case 'uint32':
      case 'enum':
        return Number(varint());
      case 'double':
        return view.getFloat64(skip(8), true);
      case 'fixed64':
        return String(view.getBigUint64(skip(8), true));
      case 'fixed32':
        return view.getUint32(skip(4), true);
      default:
        return readMessage(chunk(), messages[wire]);
    }
  }

  while (at < bytes.length) {
    const tag = Number(varint());
    const field = schema[tag >>> 3];
    if (field === undefined) throw new Error(`unknown field ${tag >>> 3} at ${at}`);
    if ((tag & 7) !== wireTypeOf(field.wire)) throw new Error(`${field.name} with wire type ${tag & 7}`);
    const value = read(field.wire);
    if (field.repeated) ((message[field.name] ??= []) as unknown[]).push(value);
    else if (field.name in message) throw new Error(`${field.name} comes twice`);
    else message[field.name] = value;
  }
  return message;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Makes a request in its JSON form plain. */
export function normaliseOtlp(request: OtlpMessage): OtlpBatch {
  const resourceSpans = list(request['resourceSpans']);
  if (resourceSpans.length > 1) throw new Error(`${resourceSpans.length} resources in one request`);
  const [only = {}] = resourceSpans;
  return {
    resource: toAttributes(object(only['resource'])['attributes']),
    spans: list(only['scopeSpans']).flatMap((scopeSpans) => {
      const scope = object(scopeSpans['scope']);
      return list(scopeSpans['spans']).map((span) =>
        toSpan(span, {
          name: text(scope['name']) ?? '',
          version: text(scope['version']),
          attributes: toAttributes(scope['attributes']),
        }),
      );
    }),
  };
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statusCodes = ['UNSET', 'OK', 'ERROR'] as const;

function toSpan(span: OtlpMessage, scope: OtlpSpan['scope']): OtlpSpan {
  const status = object(span['status']);
  return {
    ...toContext(span),
    parentSpanId: text(span['parentSpanId']),
    name: text(span['name']) ?? '',
    kind: kinds[count(span['kind'])] ?? 'unspecified',
    scope,
    attributes: toAttributes(span['attributes']),
    events: list(span['events']).map((event) => ({
      name: text(event['name']) ?? '',
      timeNs: nanos(event['timeUnixNano']),
      attributes: toAttributes(event['attributes']),
      droppedAttributesCount: count(event['droppedAttributesCount']),
    })),
    links: list(span['links']).map((link) =>
      Object.assign(toContext(link), {
        attributes: toAttributes(link['attributes']),
        droppedAttributesCount: count(link['droppedAttributesCount']),
      }),
    ),
    status: { code: statusCodes[count(status['code'])] ?? 'UNSET', message: text(status['message']) },
    startTimeNs: nanos(span['startTimeUnixNano']),
    endTimeNs: nanos(span['endTimeUnixNano']),
    droppedAttributesCount: count(span['droppedAttributesCount']),
    droppedEventsCount: count(span['droppedEventsCount']),
    droppedLinksCount: count(span['droppedLinksCount']),
  };
}

function toContext(message: OtlpMessage): Pick<OtlpSpan, 'traceId' | 'spanId' | 'traceState' | 'flags'> {
  return {
    traceId: text(message['traceId']) ?? '',
    spanId: text(message['spanId']) ?? '',
    traceState: text(message['traceState']),
    flags: count(message['flags']),
  };
}

function toAttributes(keyValues: unknown): OtlpAttributes {
  return Object.fromEntries(
    list(keyValues).map((keyValue) => [text(keyValue['key']) ?? '', toPlain(object(keyValue['value']))]),
  );
}

function toPlain(any: OtlpMessage): OtlpPlain {
  const [[type, value] = ['none', undefined]] = Object.entries(any);
  switch (type) {
    case 'none':
      return undefined;
    case 'stringValue':
      return value as string;
    case 'boolValue':
      return value as boolean;
    case 'doubleValue':
      // JSON has no NaN and no Infinity: the proto's JSON form says them in words
      return Number(value);
    case 'intValue':
      return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value as string);
    case 'bytesValue':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'arrayValue':
      return list(object(value)['values']).map(toPlain);
    case 'kvlistValue':
      return toAttributes(object(value)['values']);
    default:
      throw new Error(`AnyValue with ${type}`);
  }
}

function list(value: unknown): readonly OtlpMessage[] {
  return (value ?? []) as readonly OtlpMessage[];
}

function object(value: unknown): OtlpMessage {
  return (value ?? {}) as OtlpMessage;
}

/** An empty string is what proto3 says for "not set". */
function text(value: unknown): string | undefined {
  return (value as string | undefined) || undefined;
}

function count(value: unknown): number {
  return Number(value ?? 0);
}

function nanos(value: unknown): bigint {
  return BigInt((value ?? 0) as string | number);
}

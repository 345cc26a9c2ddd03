import {
  isSpanKind,
  sortTags,
  toSpanId,
  toTraceId,
  type Decoded,
  type Process,
  type Reference,
  type Span,
  type Tag,
} from '../span.ts';
import { DecodeError, type DecodeLimits } from './byte-reader.ts';
import { float64Tag, int64Tag, toLog, toSpan, type Status } from './span-parts.ts';
import { ThriftBinaryReader, ThriftCompactReader, ThriftType, type ThriftReader } from './thrift-reader.ts';

const NOBODY: Process = { serviceName: 'missing-service-name', tags: [] };
const COMPACT_MESSAGE = 0x82;

/**
 * Reads the body of a POST to Jaeger's collector.
 *
 *     Batch   { 1: process, 2: spans }
 *     Process { 1: serviceName, 2: tags? }
 *     Span    { 1: traceIdLow, 2: traceIdHigh, 3: spanId, 4: parentSpanId, 5: operationName, 6: references?,
 *               7: flags, 8: startTime µs, 9: duration µs, 10: tags?, 11: logs? }
 *     SpanRef { 1: refType, 2: traceIdLow, 3: traceIdHigh, 4: spanId }
 *     Tag     { 1: key, 2: vType, 3: vStr?, 4: vDouble?, 5: vBool?, 6: vLong?, 7: vBinary? }
 *     Log     { 1: timestamp µs, 2: fields }
 *
 * @throws {DecodeError} where it is no such batch
 */
export function decodeJaegerBatch(body: Uint8Array, limits?: DecodeLimits): Decoded {
  return readBatch(new ThriftBinaryReader(body, limits));
}

/** Reads a packet that was sent to a Jaeger agent: `emitBatch`, compact or binary. */
export function decodeAgentPacket(packet: Uint8Array, limits?: DecodeLimits): Decoded {
  const reader =
    packet[0] === COMPACT_MESSAGE ? new ThriftCompactReader(packet, limits) : new ThriftBinaryReader(packet, limits);
  const name = reader.message();
  if (name !== 'emitBatch') throw new DecodeError(`message ${name}, not emitBatch`);
  let batch: Decoded = { spans: [], rejected: 0 };
  reader.struct((id, type) => {
    if (id !== 1 || type !== ThriftType.struct) return false;
    batch = readBatch(reader);
    return true;
  });
  return batch;
}

function readBatch(reader: ThriftReader): Decoded {
  let process = NOBODY;
  let raw: RawSpan[] | undefined;
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.struct) process = readProcess(reader);
    else if (id === 2 && type === ThriftType.list) raw = reader.structs(() => readSpan(reader));
    else return false;
    return true;
  });
  if (raw === undefined) throw new DecodeError('no batch of spans');
  const spans = raw.map((span) => finish(span, process)).filter((span) => span !== undefined);
  return { spans, rejected: raw.length - spans.length };
}

function readProcess(reader: ThriftReader): Process {
  let serviceName = '';
  let tags: Tag[] = [];
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.text) serviceName = reader.text();
    else if (id === 2 && type === ThriftType.list) tags = readTags(reader);
    else return false;
    return true;
  });
  return { serviceName: serviceName || NOBODY.serviceName, tags: sortTags(translateProcessTags(tags)) };
}

/** Jaeger's own clients have other names for two things. */
function translateProcessTags(tags: Tag[]): Tag[] {
  return tags.map((tag) => {
    if (tag.key === 'hostname' && !has(tags, 'host.name')) return { ...tag, key: 'host.name' };
    if (tag.key !== 'jaeger.version' || has(tags, 'opencensus.exporterversion')) return tag;
    return { key: 'opencensus.exporterversion', type: 'string', value: `Jaeger-${tag.value}` };
  });
}

interface RawSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly operationName: string;
  readonly references: readonly Reference[];
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: readonly Tag[];
  readonly logs: Span['logs'];
}

function readSpan(reader: ThriftReader): RawSpan {
  let [low, high, spanId, parentId] = [0n, 0n, 0n, 0n];
  let [startUs, durationUs] = [0n, 0n];
  let operationName = '';
  let references: Reference[] = [];
  let tags: Tag[] = [];
  let logs: Span['logs'] = [];
  reader.struct((id, type) => {
    if (type === ThriftType.i64) {
      const value = reader.i64();
      if (id === 1) low = value;
      else if (id === 2) high = value;
      else if (id === 3) spanId = value;
      else if (id === 4) parentId = value;
      else if (id === 8) startUs = value;
      else if (id === 9) durationUs = value;
      return true;
    }
    if (id === 5 && type === ThriftType.text) operationName = reader.text();
    else if (id === 6 && type === ThriftType.list) references = reader.structs(() => readReference(reader));
    else if (id === 10 && type === ThriftType.list) tags = readTags(reader);
    else if (id === 11 && type === ThriftType.list) logs = reader.structs(() => readLog(reader));
    else return false;
    return true;
  });
  return {
    traceId: traceIdOf(high, low),
    spanId: hex(spanId),
    parentId: hex(parentId),
    operationName,
    references,
    startUs: Number(startUs),
    durationUs: Number(durationUs),
    tags,
    logs,
  };
}

function readReference(reader: ThriftReader): Reference {
  let [low, high, spanId] = [0n, 0n, 0n];
  let type = 0;
  reader.struct((id, fieldType) => {
    if (id === 1 && fieldType === ThriftType.i32) type = reader.i32();
    else if (fieldType === ThriftType.i64) {
      const value = reader.i64();
      if (id === 2) low = value;
      else if (id === 3) high = value;
      else if (id === 4) spanId = value;
    } else return false;
    return true;
  });
  return { refType: type === 1 ? 'FOLLOWS_FROM' : 'CHILD_OF', traceID: traceIdOf(high, low), spanID: hex(spanId) };
}

function readLog(reader: ThriftReader): Span['logs'][number] {
  let timestamp = 0;
  let fields: Tag[] = [];
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.i64) timestamp = Number(reader.i64());
    else if (id === 2 && type === ThriftType.list) fields = readTags(reader);
    else return false;
    return true;
  });
  const name = textOf(fields, 'event') ?? '';
  return toLog(timestamp, name, without(fields, 'event'));
}

/** Of tags with the same key the last one counts, in the place of the first. */
function readTags(reader: ThriftReader): Tag[] {
  const tags = reader.structs(() => readTag(reader));
  const byKey = new Map<string, Tag>();
  for (const tag of tags) byKey.set(tag.key, tag);
  return byKey.size === tags.length ? tags : [...byKey.values()];
}

const tagTypes = ['string', 'float64', 'bool', 'int64', 'binary'] as const;

function readTag(reader: ThriftReader): Tag {
  let key = '';
  let vType = 0;
  const values: { string?: string; float64?: number; bool?: boolean; int64?: bigint; binary?: string } = {};
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.text) key = reader.text();
    else if (id === 2 && type === ThriftType.i32) vType = reader.i32();
    else if (id === 3 && type === ThriftType.text) values.string = reader.text();
    else if (id === 4 && type === ThriftType.double) values.float64 = reader.double();
    else if (id === 5 && type === ThriftType.bool) values.bool = reader.bool();
    else if (id === 6 && type === ThriftType.i64) values.int64 = reader.i64();
    else if (id === 7 && type === ThriftType.text) values.binary = reader.base64();
    else return false;
    return true;
  });
  switch (tagTypes[vType]) {
    case 'string':
      return { key, type: 'string', value: values.string ?? '' };
    case 'float64':
      return float64Tag(key, values.float64 ?? 0);
    case 'bool':
      return { key, type: 'bool', value: values.bool ?? false };
    case 'int64':
      return int64Tag(key, values.int64 ?? 0n);
    case 'binary':
      return { key, type: 'binary', value: values.binary ?? '' };
    default:
      return { key, type: 'string', value: `<Unknown Jaeger TagType ${vType}>` };
  }
}

/** @returns undefined for a span without ids */
function finish(span: RawSpan, process: Process): Span | undefined {
  const traceId = toTraceId(span.traceId);
  const spanId = toSpanId(span.spanId);
  if (traceId === undefined || spanId === undefined) return undefined;
  const parentSpanId = toSpanId(span.parentId) ?? parentByReference(span) ?? '';
  const kindTag = textOf(span.tags, 'span.kind');
  const kind = isSpanKind(kindTag) ? kindTag : '';
  const { status, tags } = takeStatus(without(span.tags, 'span.kind'), kind);
  return toSpan({
    traceId,
    spanId,
    parentSpanId,
    process,
    operationName: span.operationName,
    kind,
    startUs: span.startUs,
    durationNs: span.durationUs * 1000,
    status,
    links: span.references.filter(
      ({ refType, traceID, spanID }) =>
        toTraceId(traceID) !== undefined && !(refType === 'CHILD_OF' && spanID === parentSpanId),
    ),
    tags: tags.map(readableIp),
    logs: span.logs,
  });
}

/** Without a parent of its own, a reference into the same trace names it. */
function parentByReference({ traceId, references }: RawSpan): string | undefined {
  const inside = references.filter(({ traceID }) => traceID === traceId);
  const parent = inside.find(({ refType }) => refType === 'CHILD_OF') ?? inside[0];
  return parent && toSpanId(parent.spanID);
}

/** A status is said by `error`, else by `otel.status_code`, else by an HTTP status of the old conventions. */
function takeStatus(tags: Tag[], kind: Span['kind']): { status: Status; tags: Tag[] } {
  const error = tags.find(({ key }) => key === 'error');
  const code = tags.find(({ key }) => key === 'otel.status_code');
  const description = textOf(tags, 'otel.status_description');
  const rest = without(tags, 'otel.status_code');
  if (error?.type === 'bool' && error.value === true) {
    const message = description ?? textOf(tags, 'http.status_message') ?? '';
    return { status: { code: 'ERROR', message }, tags: without(without(rest, 'error'), 'otel.status_description') };
  }
  if (code !== undefined) {
    const text = String(code.value).toUpperCase();
    return {
      status: { code: text === 'OK' || text === 'ERROR' ? text : '', message: description ?? '' },
      tags: without(rest, 'otel.status_description'),
    };
  }
  if (!saysHttpError(tags, kind)) return { status: { code: '', message: '' }, tags: rest };
  return { status: { code: 'ERROR', message: textOf(tags, 'http.status_message') ?? '' }, tags: rest };
}

function saysHttpError(tags: readonly Tag[], kind: Span['kind']): boolean {
  const tag = tags.find(({ key }) => key === 'http.status_code');
  if (tag === undefined || (tag.type !== 'int64' && tag.type !== 'string')) return false;
  if (!/^[+-]?\d+$/.test(String(tag.value))) return false;
  const status = Number(tag.value);
  if (status >= 400 && status < 500 && (kind === 'client' || kind === 'server')) return kind === 'client';
  return status < 100 || status >= 399;
}

/** Jaeger's clients send an IPv4 address as the number that its bytes make. */
function readableIp(tag: Tag): Tag {
  if (tag.key !== 'peer.ipv4' && tag.key !== 'ip') return tag;
  if (tag.type !== 'int64' && tag.type !== 'float64') return tag;
  const number = Number(tag.value) >>> 0;
  const bytes = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
  return { key: tag.key, type: 'string', value: bytes.join('.') };
}

function has(tags: readonly Tag[], key: string): boolean {
  return tags.some((tag) => tag.key === key);
}

function without(tags: readonly Tag[], key: string): Tag[] {
  return tags.filter((tag) => tag.key !== key);
}

function textOf(tags: readonly Tag[], key: string): string | undefined {
  const tag = tags.find((one) => one.key === key);
  return tag?.type === 'string' ? String(tag.value) : undefined;
}

function hex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, '0');
}

function traceIdOf(high: bigint, low: bigint): string {
  return high === 0n ? hex(low) : hex(high) + hex(low);
}

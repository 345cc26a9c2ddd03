import { strict as assert } from 'node:assert';
import { createRequire } from 'node:module';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { toMicros } from '../../src/wire/hr-time.ts';
import { decodeJaegerBatch, type JaegerSpan, type JaegerTag, type JaegerTags } from '../support/decode-thrift.ts';

interface Struct {
  readonly rw: { toBuffer(value: unknown): { readonly err?: Error; readonly value: Uint8Array } };
  new (fields: object): object;
}

const require = createRequire(import.meta.url);
const { spanToThrift } = require('@opentelemetry/exporter-jaeger/build/src/transform.js') as {
  spanToThrift(this: void, span: ReadableSpan): object;
};
const { default: ThriftUtils } = require('jaeger-client/dist/src/thrift.js') as {
  default: { loadJaegerThriftDefinition(): string };
};
const { Thrift } = require('thriftrw') as {
  Thrift: new (options: object) => Readonly<Record<'Batch' | 'Process' | 'Span', Struct>>;
};
const idl = new Thrift({ source: ThriftUtils.loadJaegerThriftDefinition(), allowOptionalArguments: true });

/** What exporter-jaeger puts on the wire for a span, without what the design has us do otherwise (see `corrected`). */
export function decodeReference(span: ReadableSpan): JaegerSpan {
  const [decoded] = decodeJaegerBatch(encodeReference([withoutResource(span)])).spans;
  assert.ok(decoded);
  return corrected(decoded, span);
}

/** A batch as exporter-jaeger writes it. */
export function encodeReference(spans: readonly ReadableSpan[]): Uint8Array {
  const process = new idl.Process({ serviceName: '', tags: [] });
  const thriftSpans = spans.map((span) => new idl.Span(spanToThrift(span)));
  const { err, value } = idl.Batch.rw.toBuffer(new idl.Batch({ process, spans: thriftSpans }));
  if (err) throw err;
  return value;
}

/** It puts the resource on every span, where we have it in the process. */
function withoutResource(span: ReadableSpan): ReadableSpan {
  return { ...span, resource: { ...span.resource, attributes: {} } };
}

/**
 * Times are floored here and rounded there. It makes flags of 0 a 1, drops the trace state, writes an unknown
 * version as "undefined", and of an attribute it knows no integer, no list, no null, and lets NaN through.
 */
function corrected(decoded: JaegerSpan, span: ReadableSpan): JaegerSpan {
  const { traceFlags, traceState } = span.spanContext();
  assert.ok(Math.abs(decoded.startTimeUs - toMicros(span.startTime)) <= 1);
  assert.ok(Math.abs(decoded.durationUs - toMicros(span.duration)) <= 1);
  const { name, version } = span.instrumentationScope;
  const tags = Object.entries({
    ...corrections(decoded.tags, span.attributes),
    ...(traceState && { 'w3c.tracestate': { type: 'STRING', value: traceState.serialize() } as const }),
  }).filter(([key]) => (name || key !== 'otel.library.name') && (version || key !== 'otel.library.version'));
  return {
    ...decoded,
    flags: traceFlags,
    startTimeUs: toMicros(span.startTime),
    durationUs: toMicros(span.duration),
    tags: Object.fromEntries(tags),
    logs: decoded.logs.map((log, i) => {
      const event = span.events[i];
      assert.ok(event);
      assert.ok(Math.abs(log.timestampUs - toMicros(event.time)) <= 1);
      return { timestampUs: toMicros(event.time), fields: corrections(log.fields, event.attributes ?? {}) };
    }),
  };
}

function corrections(tags: JaegerTags, attributes: ReadableSpan['attributes']): JaegerTags {
  const values = new Map(Object.entries(attributes).map(([key, value]) => [toWire(key), value]));
  return Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, correct(tag, values.get(key))]));
}

/** Half a surrogate pair becomes U+FFFD. */
function toWire(text: string): string {
  return Buffer.from(text).toString();
}

function correct(tag: JaegerTag, value: unknown): JaegerTag {
  if (value === null) return { type: 'STRING', value: '' };
  if (value instanceof Uint8Array) return { type: 'BINARY', value };
  if (typeof value === 'object') return { type: 'STRING', value: toWire(JSON.stringify(jsonOf(value))) };
  if (tag.type === 'STRING') return { type: 'STRING', value: toWire(tag.value) };
  if (tag.type !== 'DOUBLE') return tag;
  if (Number.isSafeInteger(tag.value)) return { type: 'LONG', value: tag.value === 0 ? 0 : tag.value };
  return Number.isFinite(tag.value) ? tag : { type: 'STRING', value: String(tag.value) };
}

/** What JSON has no word for is named, and bytes are base64. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

import { createRequire } from 'node:module';

interface Struct {
  readonly rw: { toBuffer(value: unknown): { readonly err?: Error; readonly value: Uint8Array } };
  new (fields: object): object;
}

const require = createRequire(import.meta.url);
const { default: ThriftUtils } = require('jaeger-client/dist/src/thrift.js') as {
  default: { loadJaegerThriftDefinition(): string };
};
const { Thrift } = require('thriftrw') as {
  Thrift: new (options: object) => Readonly<Record<'Batch' | 'Process' | 'Span' | 'SpanRef' | 'Tag' | 'Log', Struct>>;
};
const idl = new Thrift({ source: ThriftUtils.loadJaegerThriftDefinition(), allowOptionalArguments: true });

/** A value says its Thrift type: bigint is LONG, number DOUBLE, Uint8Array BINARY. */
export type ThriftTags = readonly (readonly [key: string, value: string | number | bigint | boolean | Uint8Array])[];

export interface ThriftSpan {
  /** 16 or 32 hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags?: ThriftTags;
  readonly logs?: readonly { readonly timestampUs: number; readonly fields: ThriftTags }[];
  readonly references?: readonly {
    readonly type: 'CHILD_OF' | 'FOLLOWS_FROM';
    readonly traceId: string;
    readonly spanId: string;
  }[];
}

/** A batch for Jaeger's collector, encoded by Uber's own Thrift library and Jaeger's own IDL. */
export function thriftBatch(serviceName: string, processTags: ThriftTags, spans: readonly ThriftSpan[]): Uint8Array {
  const process = new idl.Process({ serviceName, tags: processTags.map(toTag) });
  const { err, value } = idl.Batch.rw.toBuffer(new idl.Batch({ process, spans: spans.map(toSpan) }));
  if (err) throw err;
  return value;
}

function toSpan(span: ThriftSpan): object {
  const [high, low] = traceIds(span.traceId);
  return new idl.Span({
    traceIdLow: low,
    traceIdHigh: high,
    spanId: Buffer.from(span.spanId, 'hex'),
    parentSpanId: Buffer.from(span.parentId ?? '0'.repeat(16), 'hex'),
    operationName: span.name,
    references: (span.references ?? []).map(({ type, traceId, spanId }) => {
      const [refHigh, refLow] = traceIds(traceId);
      const ids = { traceIdLow: refLow, traceIdHigh: refHigh, spanId: Buffer.from(spanId, 'hex') };
      return new idl.SpanRef({ refType: type, ...ids });
    }),
    flags: 1,
    startTime: int64(BigInt(span.startUs)),
    duration: int64(BigInt(span.durationUs)),
    tags: (span.tags ?? []).map(toTag),
    logs: (span.logs ?? []).map(
      ({ timestampUs, fields }) => new idl.Log({ timestamp: int64(BigInt(timestampUs)), fields: fields.map(toTag) }),
    ),
  });
}

function toTag([key, value]: ThriftTags[number]): object {
  if (typeof value === 'string') return new idl.Tag({ key, vType: 'STRING', vStr: value });
  if (typeof value === 'number') return new idl.Tag({ key, vType: 'DOUBLE', vDouble: value });
  if (typeof value === 'boolean') return new idl.Tag({ key, vType: 'BOOL', vBool: value });
  if (typeof value === 'bigint') return new idl.Tag({ key, vType: 'LONG', vLong: int64(value) });
  return new idl.Tag({ key, vType: 'BINARY', vBinary: Buffer.from(value) });
}

function traceIds(traceId: string): [high: Buffer, low: Buffer] {
  const bytes = Buffer.from(traceId.padStart(32, '0'), 'hex');
  return [bytes.subarray(0, 8), bytes.subarray(8)];
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

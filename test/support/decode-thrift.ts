/** A Thrift tag's value with the type that Jaeger's `TagType` gives it. */
export type JaegerTag =
  | { readonly type: 'STRING'; readonly value: string }
  | { readonly type: 'DOUBLE'; readonly value: number }
  | { readonly type: 'BOOL'; readonly value: boolean }
  /** A number where it is exact, else a bigint. */
  | { readonly type: 'LONG'; readonly value: number | bigint }
  | { readonly type: 'BINARY'; readonly value: Uint8Array };

export type JaegerTags = Readonly<Record<string, JaegerTag>>;

export interface JaegerSpan {
  /** 32 hex digits, lower case. */
  readonly traceId: string;
  /** 16 hex digits, lower case. */
  readonly spanId: string;
  /** 16 hex digits; undefined where the wire says 0. */
  readonly parentSpanId: string | undefined;
  readonly operationName: string;
  readonly references: readonly {
    readonly type: 'CHILD_OF' | 'FOLLOWS_FROM';
    readonly traceId: string;
    readonly spanId: string;
  }[];
  readonly flags: number;
  readonly startTimeUs: number;
  readonly durationUs: number;
  readonly tags: JaegerTags;
  /** Tag keys in the order of the wire, repeated ones included. */
  readonly tagKeys: readonly string[];
  readonly logs: readonly { readonly timestampUs: number; readonly fields: JaegerTags }[];
}

export interface JaegerBatch {
  readonly process: { readonly serviceName: string; readonly tags: JaegerTags };
  readonly spans: readonly JaegerSpan[];
}

/** Reads the body of a POST to `/api/traces`; throws on any byte that does not belong there. */
export function decodeJaegerBatch(bytes: Uint8Array): JaegerBatch {
  const reader = new BinaryReader(bytes);
  const batch = toBatch(reader.struct());
  reader.end();
  return batch;
}

/** Reads one UDP packet to a Jaeger agent (`emitBatch`), compact or binary, told apart by its first byte. */
export function decodeAgentMessage(bytes: Uint8Array): JaegerBatch {
  const reader = bytes[0] === 0x82 ? new CompactReader(bytes) : new BinaryReader(bytes);
  const { name, type } = reader.message();
  if (name !== 'emitBatch' || type !== ONEWAY) throw new Error(`message ${name} of type ${type}, not oneway emitBatch`);
  const batch = toBatch(new Fields('args', reader.struct(), [1]).struct(1));
  reader.end();
  return batch;
}

const ONEWAY = 4;

type Value = boolean | number | bigint | Uint8Array | Struct | readonly Value[];
type Kind = 'bool' | 'byte' | 'double' | 'i16' | 'i32' | 'i64' | 'binary' | 'struct' | 'list';
type Struct = ReadonlyMap<number, { readonly kind: Kind; readonly value: Value }>;

function toBatch(struct: Struct): JaegerBatch {
  const batch = new Fields('Batch', struct, [1, 2]);
  const process = new Fields('Process', batch.struct(1), [1, 2]);
  return {
    process: { serviceName: process.text(1), tags: toTags(process.structs(2)) },
    spans: batch.structs(2).map(toSpan),
  };
}

function toSpan(struct: Struct): JaegerSpan {
  const span = new Fields('Span', struct, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const parent = span.hex(4);
  return {
    traceId: span.hex(2) + span.hex(1),
    spanId: span.hex(3),
    parentSpanId: parent === '0000000000000000' ? undefined : parent,
    operationName: span.text(5),
    references: span.structs(6).map((struct) => {
      const ref = new Fields('SpanRef', struct, [1, 2, 3, 4]);
      const type = ref.number(1, 'i32');
      if (type !== 0 && type !== 1) throw new Error(`SpanRef of type ${type}`);
      return { type: type ? 'FOLLOWS_FROM' : 'CHILD_OF', traceId: ref.hex(3) + ref.hex(2), spanId: ref.hex(4) };
    }),
    flags: span.number(7, 'i32'),
    startTimeUs: Number(span.i64(8)),
    durationUs: Number(span.i64(9)),
    tags: toTags(span.structs(10)),
    tagKeys: span.structs(10).map((tag) => new Fields('Tag', tag, [1, 2, 3, 4, 5, 6, 7]).text(1)),
    logs: span.structs(11).map((struct) => {
      const log = new Fields('Log', struct, [1, 2]);
      return { timestampUs: Number(log.i64(1)), fields: toTags(log.structs(2)) };
    }),
  };
}

function toTags(structs: readonly Struct[]): JaegerTags {
  return Object.fromEntries(
    structs.map((struct) => {
      const tag = new Fields('Tag', struct, [1, 2, 3, 4, 5, 6, 7]);
      return [tag.text(1), toTag(tag)];
    }),
  );
}

function toTag(tag: Fields): JaegerTag {
  switch (tag.number(2, 'i32')) {
    case 0:
      return { type: 'STRING', value: tag.text(3) };
    case 1:
      return { type: 'DOUBLE', value: tag.number(4, 'double') };
    case 2:
      return { type: 'BOOL', value: tag.bool(5) };
    case 3: {
      const long = tag.i64(6);
      return { type: 'LONG', value: Number.isSafeInteger(Number(long)) ? Number(long) : long };
    }
    case 4:
      return { type: 'BINARY', value: tag.bytes(7) };
    default:
      throw new Error(`Tag ${tag.text(1)} of unknown type`);
  }
}

/** Typed access to one struct; a missing field, a wrong type and an unknown field are all errors. */
class Fields {
  readonly #name: string;
  readonly #struct: Struct;

  constructor(name: string, struct: Struct, known: readonly number[]) {
    this.#name = name;
    this.#struct = struct;
    for (const id of struct.keys()) if (!known.includes(id)) throw new Error(`${name} has an unknown field ${id}`);
  }

  #get(id: number, kind: Kind): Value {
    const field = this.#struct.get(id);
    if (field?.kind !== kind) throw new Error(`${this.#name}.${id} is ${field?.kind ?? 'missing'}, not ${kind}`);
    return field.value;
  }

  bytes(id: number): Uint8Array {
    return this.#get(id, 'binary') as Uint8Array;
  }

  text(id: number): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(id));
  }

  number(id: number, kind: 'i32' | 'double'): number {
    return this.#get(id, kind) as number;
  }

  bool(id: number): boolean {
    return this.#get(id, 'bool') as boolean;
  }

  i64(id: number): bigint {
    return this.#get(id, 'i64') as bigint;
  }

  hex(id: number): string {
    return BigInt.asUintN(64, this.i64(id)).toString(16).padStart(16, '0');
  }

  struct(id: number): Struct {
    return this.#get(id, 'struct') as Struct;
  }

  /** An optional list: a missing one is empty. */
  structs(id: number): readonly Struct[] {
    return this.#struct.has(id) ? (this.#get(id, 'list') as readonly Struct[]) : [];
  }
}

/** The bytes and where we are in them. */
class Cursor {
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `count` bytes and says where they began. */
  skip(count: number): number {
    const from = this.at;
    if (count < 0 || from + count > this.view.byteLength) throw new Error(`${count} bytes at ${from} are not there`);
    this.at += count;
    return from;
  }

  byte(): number {
    return this.view.getUint8(this.skip(1));
  }

  take(count: number): Uint8Array {
    const from = this.skip(count);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + from, count).slice();
  }

  end(): void {
    const left = this.view.byteLength - this.at;
    if (left > 0) throw new Error(`${left} bytes left over after the batch`);
  }
}

const binaryKinds: Readonly<Record<number, Kind>> = {
  2: 'bool',
  3: 'byte',
  4: 'double',
  6: 'i16',
  8: 'i32',
  10: 'i64',
  11: 'binary',
  12: 'struct',
  15: 'list',
};

function kindOf(kinds: Readonly<Record<number, Kind>>, type: number): Kind {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`Thrift type ${type} has no place here`);
  return kind;
}

/** TBinaryProtocol, strict messages. */
class BinaryReader extends Cursor {
  message(): { name: string; type: number } {
    const head = this.view.getUint32(this.skip(4));
    if (head >>> 16 !== 0x8001) throw new Error(`message head ${head.toString(16)}, not a strict binary one`);
    const name = new TextDecoder().decode(this.#value('binary') as Uint8Array);
    this.skip(4);
    return { name, type: head & 0xff };
  }

  struct(): Struct {
    const fields = new Map<number, { kind: Kind; value: Value }>();
    for (let type = this.byte(); type !== 0; type = this.byte()) {
      const kind = kindOf(binaryKinds, type);
      const id = this.view.getInt16(this.skip(2));
      if (fields.has(id)) throw new Error(`field ${id} comes twice`);
      fields.set(id, { kind, value: this.#value(kind) });
    }
    return fields;
  }

  #value(kind: Kind): Value {
    switch (kind) {
      case 'bool':
        return this.byte() === 1;
      case 'byte':
        return this.byte();
      case 'double':
        return this.view.getFloat64(this.skip(8));
      case 'i16':
        return this.view.getInt16(this.skip(2));
      case 'i32':
        return this.view.getInt32(this.skip(4));
      case 'i64':
        return this.view.getBigInt64(this.skip(8));
      case 'binary':
        return this.take(this.view.getInt32(this.skip(4)));
      case 'struct':
        return this.struct();
      case 'list': {
        const of = kindOf(binaryKinds, this.byte());
        return Array.from({ length: this.view.getInt32(this.skip(4)) }, () => this.#value(of));
      }
    }
  }
}

const compactKinds: Readonly<Record<number, Kind>> = {
  1: 'bool',
  2: 'bool',
  3: 'byte',
  4: 'i16',
  5: 'i32',
  6: 'i64',
  7: 'double',
  8: 'binary',
  9: 'list',
  12: 'struct',
};

/** TCompactProtocol, version 1. */
class CompactReader extends Cursor {
  message(): { name: string; type: number } {
    if (this.byte() !== 0x82) throw new Error('not a compact message');
    const head = this.byte();
    if ((head & 0x1f) !== 1) throw new Error(`compact protocol of version ${head & 0x1f}`);
    this.#varint();
    return { name: new TextDecoder().decode(this.#value('binary') as Uint8Array), type: head >>> 5 };
  }

  struct(): Struct {
    const fields = new Map<number, { kind: Kind; value: Value }>();
    let id = 0;
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      const delta = head >>> 4;
      id = delta === 0 ? Number(this.#zigzag()) : id + delta;
      if (fields.has(id)) throw new Error(`field ${id} comes twice`);
      const kind = kindOf(compactKinds, head & 0x0f);
      fields.set(id, { kind, value: kind === 'bool' ? (head & 0x0f) === 1 : this.#value(kind) });
    }
    return fields;
  }

  #value(kind: Kind): Value {
    switch (kind) {
      case 'bool':
        return this.byte() === 1;
      case 'byte':
        return this.byte();
      case 'double':
        return this.view.getFloat64(this.skip(8), true);
      case 'i16':
      case 'i32':
        return Number(this.#zigzag());
      case 'i64':
        return this.#zigzag();
      case 'binary':
        return this.take(Number(this.#varint()));
      case 'struct':
        return this.struct();
      case 'list': {
        const head = this.byte();
        const length = head >>> 4 === 15 ? Number(this.#varint()) : head >>> 4;
        const of = kindOf(compactKinds, head & 0x0f);
        return Array.from({ length }, () => this.#value(of));
      }
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('varint of more than ten bytes');
  }

  #zigzag(): bigint {
    const value = this.#varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }
}

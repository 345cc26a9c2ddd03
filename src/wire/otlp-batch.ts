import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ByteWriter } from './byte-writer.ts';
import type { Encoder, Payload } from './encoder.ts';
import { ResourceCache } from './resource-cache.ts';

export type Scope = ReadableSpan['instrumentationScope'];
type Resource = ReadableSpan['resource'];

/** What stands before and behind a list whose items are written one by one. */
export interface Frame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

/** The two forms that OTLP has on the wire. */
export interface OtlpFormat {
  readonly contentType: string;
  /** Around the scopes of one resource. */
  resourceFrame(attributes: Readonly<Record<string, unknown>>, resource: Resource): Frame;
  /** Around the spans of one scope. */
  scopeFrame(scope: Scope): Frame;
  /** Makes what writes one span behind the ones that `writer` has already. */
  createSpanWriter(writer: ByteWriter): (span: ReadableSpan) => void;
  /** What says that `bytes` of the resource, of its first scope or of one after it follow. */
  lead(bytes: number, level: Level): Uint8Array;
  /** How long `lead` is. */
  leadBytes(bytes: number, level: Level): number;
}

export type Level = 'resource' | 'first scope' | 'scope';

/** The spans of one scope in the batch being filled. */
interface ScopeSpans {
  readonly frame: Frame;
  readonly writer: ByteWriter;
  readonly writeSpan: (span: ReadableSpan) => void;
  level: Level;
}

/** Scopes are as many as instrumentations; an app that makes them on the fly must not have us keep all of them. */
const MAX_KEPT_SCOPES = 64;

/**
 * An ExportTraceServiceRequest that is filled span by span, one buffer for each scope.
 *
 *     lead | resource head | { lead | scope head | spans | scope tail } for each scope | resource tail
 *
 * The resource is encoded when it is first seen, and anew when its asynchronous attributes have arrived.
 * A span of another resource is refused until the batch is taken.
 */
export class OtlpBatch implements Encoder {
  spans = 0;
  readonly #format: OtlpFormat;
  readonly #resourceFrame: ResourceCache<Frame>;
  readonly #known = new Map<Scope, ScopeSpans>();
  /** That of the last span, which is nearly always that of the next. */
  #lastScope: Scope | undefined;
  #lastSpans: ScopeSpans | undefined;
  /** Those with a span in this batch, in the order of their first. */
  readonly #filled: ScopeSpans[] = [];
  /** Of all filled scopes, leads and frames included. */
  #scopeBytes = 0;
  #resource: Resource | undefined;

  constructor(format: OtlpFormat) {
    this.#format = format;
    this.#resourceFrame = new ResourceCache((attributes, resource) => format.resourceFrame(attributes, resource));
  }

  get bytes(): number {
    return this.#resource === undefined ? 0 : this.#total(this.#resource, this.#scopeBytes);
  }

  append(span: ReadableSpan, limitBytes: number): boolean {
    const { resource } = span;
    if (this.#resource !== undefined && this.#resource !== resource) return false;
    const scope = this.#scope(span.instrumentationScope);
    const { writer } = scope;
    const mark = writer.at;
    const isNew = mark === 0;
    if (isNew) scope.level = this.#filled.length === 0 ? 'first scope' : 'scope';
    const before = isNew ? 0 : this.#sizeOf(scope);

    writer.limit(limitBytes - this.#scopeBytes + before);
    try {
      scope.writeSpan(span);
    } catch (error) {
      writer.rewind(mark);
      throw error;
    }
    const scopeBytes = this.#scopeBytes - before + this.#sizeOf(scope);
    if (writer.overflowed || this.#total(resource, scopeBytes) > limitBytes) {
      writer.rewind(mark);
      return false;
    }
    if (isNew) this.#filled.push(scope);
    this.#scopeBytes = scopeBytes;
    this.#resource = resource;
    this.spans++;
    return true;
  }

  peek(): Payload | undefined {
    if (this.#resource === undefined) return undefined;
    const { head, tail } = this.#resourceFrame.get(this.#resource);
    const chunks = [this.#format.lead(head.length + this.#scopeBytes + tail.length, 'resource'), head];
    for (const scope of this.#filled) {
      const { level, frame, writer } = scope;
      chunks.push(this.#format.lead(framedBytes(scope), level), frame.head, writer.written, frame.tail);
    }
    chunks.push(tail);
    return { body: concat(chunks), contentType: this.#format.contentType, spans: this.spans };
  }

  take(): Payload | undefined {
    const payload = this.peek();
    this.#reset();
    return payload;
  }

  #total(resource: Resource, scopeBytes: number): number {
    const { head, tail } = this.#resourceFrame.get(resource);
    const inner = head.length + scopeBytes + tail.length;
    return this.#format.leadBytes(inner, 'resource') + inner;
  }

  #sizeOf(scope: ScopeSpans): number {
    const bytes = framedBytes(scope);
    return this.#format.leadBytes(bytes, scope.level) + bytes;
  }

  #scope(scope: Scope): ScopeSpans {
    if (scope === this.#lastScope && this.#lastSpans !== undefined) return this.#lastSpans;
    this.#lastScope = scope;
    return (this.#lastSpans = this.#known.get(scope) ?? this.#add(scope));
  }

  #add(scope: Scope): ScopeSpans {
    const writer = new ByteWriter();
    const writeSpan = this.#format.createSpanWriter(writer);
    const made: ScopeSpans = { frame: this.#format.scopeFrame(scope), writer, writeSpan, level: 'scope' };
    this.#known.set(scope, made);
    return made;
  }

  #reset(): void {
    // those without a span too: one that was refused may have grown its buffer
    for (const { writer } of this.#known.values()) writer.clear();
    if (this.#known.size > MAX_KEPT_SCOPES) {
      this.#known.clear();
      this.#lastScope = undefined;
    }
    this.#filled.length = 0;
    this.#scopeBytes = 0;
    this.#resource = undefined;
    this.spans = 0;
  }
}

function framedBytes({ frame, writer }: ScopeSpans): number {
  return frame.head.length + writer.at + frame.tail.length;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const joined = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

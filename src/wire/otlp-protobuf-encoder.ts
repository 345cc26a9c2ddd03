import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ByteWriter, varintSize } from './byte-writer.ts';
import type { Encoder, EncoderOptions } from './encoder.ts';
import { OtlpAttributeWriter } from './otlp-attribute-writer.ts';
import { type Frame, type Level, OtlpBatch, type OtlpFormat, type Scope } from './otlp-batch.ts';
import { OtlpSpanWriter, writeText } from './otlp-span-writer.ts';

const RESOURCE_SPANS = 0x0a;
const RESOURCE = 0x0a;
const SCOPE_SPANS = 0x12;
const SCOPE = 0x0a;
const SPAN = 0x12;
const SCHEMA_URL = 0x1a;

/** Creates the encoder for `POST /v1/traces` in protobuf. */
export function createOtlpProtobufEncoder(options: EncoderOptions = {}): Encoder {
  return new OtlpBatch(new ProtobufFormat(options));
}

/**
 *     ExportTraceServiceRequest { 1: ResourceSpans }
 *     ResourceSpans { 1: Resource { 1: attributes* }, 2: ScopeSpans*, 3: schema_url }
 *     ScopeSpans { 1: Scope { 1: name, 2: version, 3: attributes* }, 2: Span*, 3: schema_url }
 */
class ProtobufFormat implements OtlpFormat {
  readonly contentType = 'application/x-protobuf';
  readonly #attributes = new OtlpAttributeWriter();
  readonly #options: EncoderOptions;
  /** For what is written beside the spans. */
  readonly #side = new ByteWriter();

  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  resourceFrame(attributes: Readonly<Record<string, unknown>>, { schemaUrl }: ReadableSpan['resource']): Frame {
    const head = this.#message(RESOURCE, (writer) => this.#attributes.attributes(writer, 0x0a, attributes));
    return { head, tail: this.#text(SCHEMA_URL, schemaUrl) };
  }

  scopeFrame({ name, version, schemaUrl }: Scope): Frame {
    const head = this.#message(SCOPE, (writer) => {
      writeText(writer, 0x0a, name);
      writeText(writer, 0x12, version);
    });
    return { head, tail: this.#text(SCHEMA_URL, schemaUrl) };
  }

  createSpanWriter(writer: ByteWriter): (span: ReadableSpan) => void {
    const spans = new OtlpSpanWriter(writer, this.#attributes, this.#options);
    return (span) => spans.span(SPAN, span);
  }

  lead(bytes: number, level: Level): Uint8Array {
    const writer = this.#side;
    writer.clear();
    writer.u8(level === 'resource' ? RESOURCE_SPANS : SCOPE_SPANS);
    writer.varint(bytes);
    return writer.copy(0);
  }

  leadBytes(bytes: number): number {
    return 1 + varintSize(bytes);
  }

  #message(tag: number, write: (writer: ByteWriter) => void): Uint8Array {
    const writer = this.#side;
    writer.clear();
    writer.u8(tag);
    const mark = writer.openLength(1);
    write(writer);
    writer.closeLength(mark, 1);
    return writer.copy(0);
  }

  #text(tag: number, text: string | undefined): Uint8Array {
    this.#side.clear();
    writeText(this.#side, tag, text);
    return this.#side.copy(0);
  }
}

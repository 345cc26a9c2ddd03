import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ByteWriter } from './byte-writer.ts';
import type { Encoder, EncoderOptions } from './encoder.ts';
import { toText, writeJsonString } from './json-text.ts';
import { type Frame, type Level, OtlpBatch, type OtlpFormat, type Scope } from './otlp-batch.ts';
import { OtlpJsonAttributeWriter } from './otlp-json-attribute-writer.ts';
import { OtlpJsonSpanWriter, writeText } from './otlp-json-span-writer.ts';

/**
 * Creates the encoder for `POST /v1/traces` in JSON, which is for eyes and for collectors that take nothing
 * else: it is larger than protobuf and takes longer.
 */
export function createOtlpJsonEncoder(options: EncoderOptions = {}): Encoder {
  return new OtlpBatch(new JsonFormat(options));
}

const opening: Readonly<Record<Level, Uint8Array>> = {
  resource: Buffer.from('{"resourceSpans":['),
  'first scope': new Uint8Array(0),
  scope: Buffer.from(','),
};

/**
 *     {"resourceSpans":[{"resource":{"attributes":[…]},"scopeSpans":[
 *       {"scope":{"name":…,"version":…},"spans":[ span, … ],"schemaUrl":…}, …
 *     ],"schemaUrl":…}]}
 *
 * After the proto's JSON form: ids are hex, 64-bit integers and times decimal strings, enumerations numbers.
 */
class JsonFormat implements OtlpFormat {
  readonly contentType = 'application/json';
  readonly #attributes = new OtlpJsonAttributeWriter();
  readonly #options: EncoderOptions;

  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  resourceFrame(attributes: Readonly<Record<string, unknown>>, { schemaUrl }: ReadableSpan['resource']): Frame {
    const head = toBytes((writer) => {
      writer.text('{"resource":{"attributes":');
      this.#attributes.attributes(writer, attributes);
      writer.text('},"scopeSpans":[');
    });
    return { head, tail: toTail(schemaUrl, '}]}') };
  }

  scopeFrame({ name, version, schemaUrl }: Scope): Frame {
    const head = toBytes((writer) => {
      writer.text('{"scope":{"name":');
      writeJsonString(writer, toText(name));
      writeText(writer, ',"version":', version);
      writer.text('},"spans":[');
    });
    return { head, tail: toTail(schemaUrl, '}') };
  }

  createSpanWriter(writer: ByteWriter): (span: ReadableSpan) => void {
    const spans = new OtlpJsonSpanWriter(writer, this.#attributes, this.#options);
    return (span) => spans.span(span);
  }

  lead(_bytes: number, level: Level): Uint8Array {
    return opening[level];
  }

  leadBytes(_bytes: number, level: Level): number {
    return opening[level].length;
  }
}

function toTail(schemaUrl: string | undefined, end: string): Uint8Array {
  return toBytes((writer) => {
    writer.text(']');
    writeText(writer, ',"schemaUrl":', schemaUrl);
    writer.text(end);
  });
}

function toBytes(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.copy(0);
}

import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ByteWriter } from './byte-writer.ts';
import type { Encoder, EncoderOptions, Payload } from './encoder.ts';
import { JaegerSpanWriter } from './jaeger-span-writer.ts';
import { JaegerTagWriter } from './jaeger-tag-writer.ts';
import { ResourceCache } from './resource-cache.ts';
import type { ThriftProtocol } from './thrift-protocol.ts';

const STOP = 0;
const UNKNOWN_SERVICE = 'unknown_service:node';

export interface JaegerBatchOptions extends EncoderOptions {
  readonly contentType: string;
  readonly createProtocol: (writer: ByteWriter) => ThriftProtocol;
  /** The oneway message that carries the batch as its only argument; without it the body is the bare struct. */
  readonly message?: string;
}

/**
 * A Jaeger batch that is filled span by span; the resource is in it once, as its process.
 *
 *     [message head | 1:] Batch { 1: Process { 1: serviceName, 2: tags? }, 2: list<Span> } [stop]
 *     └─────────────────────── front ───────────────────────────────────┘     └ spans ┘ └── end ──┘
 *
 * Spans are written as they come. What stands before them is put there by `take`, which knows their
 * count and the resource as it then is. A span of another resource is refused until the batch is taken.
 */
export class JaegerBatch implements Encoder {
  spans = 0;
  readonly #contentType: string;
  readonly #writer = new ByteWriter();
  readonly #spanWriter: JaegerSpanWriter;
  readonly #front: ResourceCache<Uint8Array>;
  /** For what is written beside the spans. */
  readonly #side: ThriftProtocol;
  readonly #endBytes: number;
  #resource: ReadableSpan['resource'] | undefined;

  constructor({ contentType, createProtocol, message, ...options }: JaegerBatchOptions) {
    this.#contentType = contentType;
    const protocol = createProtocol(this.#writer);
    this.#spanWriter = new JaegerSpanWriter(protocol, new JaegerTagWriter(protocol), options);
    const side = createProtocol(new ByteWriter());
    const sideTags = new JaegerTagWriter(side);
    this.#side = side;
    this.#endBytes = message === undefined ? 1 : 2;
    this.#front = new ResourceCache((attributes) => {
      side.writer.clear();
      if (message !== undefined) {
        side.onewayMessage(message);
        side.structField(1, 0);
      }
      side.structField(1, 0);
      writeProcess(side, sideTags, attributes);
      return side.writer.copy(0);
    });
  }

  get bytes(): number {
    return this.#resource === undefined ? 0 : this.#aroundBytes(this.#resource, this.spans) + this.#writer.at;
  }

  append(span: ReadableSpan, limitBytes: number): boolean {
    const { resource } = span;
    if (this.#resource !== undefined && this.#resource !== resource) return false;
    const writer = this.#writer;
    const mark = writer.at;
    const room = limitBytes - this.#aroundBytes(resource, this.spans + 1);
    writer.limit(room);
    try {
      this.#spanWriter.span(span);
    } catch (error) {
      writer.rewind(mark);
      throw error;
    }
    if (writer.overflowed || writer.at > room) {
      writer.rewind(mark);
      return false;
    }
    this.#resource = resource;
    this.spans++;
    return true;
  }

  peek(): Payload | undefined {
    if (this.#resource === undefined) return undefined;
    const front = this.#front.get(this.#resource);
    const { writer } = this.#side;
    writer.clear();
    this.#side.closeList(this.#side.listField(2, 1), this.spans);
    const spansAt = front.length + writer.at;
    // what is not filled with zeros first is had in half the time
    const body = Buffer.allocUnsafeSlow(spansAt + this.#writer.at + this.#endBytes);
    body.set(front);
    body.set(writer.written, front.length);
    body.set(this.#writer.written, spansAt);
    body.fill(STOP, spansAt + this.#writer.at);
    return { body, contentType: this.#contentType, spans: this.spans };
  }

  take(): Payload | undefined {
    const payload = this.peek();
    this.#writer.clear();
    this.#resource = undefined;
    this.spans = 0;
    return payload;
  }

  #aroundBytes(resource: ReadableSpan['resource'], spans: number): number {
    return this.#front.get(resource).length + this.#side.listHeadBytes(spans) + this.#endBytes;
  }
}

function writeProcess(
  protocol: ThriftProtocol,
  tagWriter: JaegerTagWriter,
  attributes: Readonly<Record<string, unknown>>,
): void {
  const { 'service.name': name, ...rest } = attributes;
  protocol.textField(1, 0, typeof name === 'string' && name !== '' ? name : UNKNOWN_SERVICE);
  const list = protocol.listField(2, 1);
  protocol.closeList(list, tagWriter.tags(rest));
  protocol.stop();
}

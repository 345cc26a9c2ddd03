import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { parse, type SpooledPayload } from '../spool/spool-file.ts';
import { DecodeError } from './decode/byte-reader.ts';
import { decodeText } from './decode/decode-text.ts';
import { decodeAgentPacket, decodeJaegerBatch } from './decode/jaeger-thrift.ts';
import { decodeOtlpProtobuf } from './decode/otlp-protobuf.ts';
import { decodeOtlpJson } from './decode/otlp-spans.ts';
import type { Decoded } from './span.ts';

/**
 * Reads the traces of a file: Jaeger's JSON, OTLP as JSON, one value or one a line, gzipped or not; or a file of the spool.
 *
 * @throws {DecodeError} where it is none of these; whatever reading it throws
 */
export async function openFile(file: string): Promise<Decoded> {
  const bytes = await readFile(file);
  return decodeFile(isGzip(bytes) ? unzip(bytes) : bytes);
}

/** The same of what a file holds, unpacked. */
export function decodeFile(bytes: Buffer): Decoded {
  const spooled = findPayload(bytes);
  return spooled ? decodePayload(spooled) : decodeText(bytes.toString('utf8'));
}

function findPayload(bytes: Buffer): SpooledPayload | undefined {
  try {
    return parse(bytes);
  } catch {
    return undefined;
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unzip(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new DecodeError('it is damaged', { cause: error });
  }
}

function decodePayload({ body, contentType }: SpooledPayload): Decoded {
  switch (contentType) {
    case 'application/vnd.apache.thrift.binary':
      return decodeThrift(body);
    case 'application/vnd.apache.thrift.compact':
      return decodeAgentPacket(body);
    case 'application/x-protobuf':
      return decodeOtlpProtobuf(body);
    case 'application/json':
      return decodeOtlpJson(body);
    default:
      throw new DecodeError(`it holds ${contentType}, which is not known`);
  }
}

const STRICT_MESSAGE = 0x80;

/** A batch for a collector, or in a message for an agent: both have the same content type. */
function decodeThrift(body: Uint8Array): Decoded {
  return body[0] === STRICT_MESSAGE ? decodeAgentPacket(body) : decodeJaegerBatch(body);
}

import type { Rejected } from './transport.ts';

/** As much of an answer as is worth reading. */
export const MAX_ANSWER_BYTES = 4096;

const VARINT = 0;
const BYTES = 2;

/**
 * Finds the spans that a collector rejected although it answered "OK".
 *
 *     ExportTraceServiceResponse { 1: ExportTracePartialSuccess { 1: rejected_spans, 2: error_message } }
 *
 * @param sent how many spans it was given; it cannot have rejected more
 * @returns undefined where it took all, and where the answer is not what OTLP says it is
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success
 */
export function decodePartialSuccess(body: Uint8Array, contentType: string, sent: number): Rejected | undefined {
  if (body.length === 0) return undefined;
  const isJson = contentType.startsWith('application/json');
  const found = isJson
    ? fromJson(body)
    : contentType.startsWith('application/x-protobuf')
      ? fromProtobuf(body)
      : undefined;
  if (found === undefined || !Number.isSafeInteger(found.spans) || found.spans <= 0) return undefined;
  return { ...found, spans: Math.min(found.spans, sent) };
}

function fromJson(body: Uint8Array): Rejected | undefined {
  try {
    const answer = JSON.parse(new TextDecoder().decode(body)) as {
      partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown };
    } | null;
    const { rejectedSpans = 0, errorMessage = '' } = answer?.partialSuccess ?? {};
    // int64 is text in protobuf's JSON
    return { spans: Number(rejectedSpans), why: String(errorMessage) };
  } catch {
    return undefined;
  }
}

function fromProtobuf(body: Uint8Array): Rejected | undefined {
  const partial = readFields(body).get(1);
  if (!(partial instanceof Uint8Array)) return undefined;
  const fields = readFields(partial);
  const [spans, why] = [fields.get(1), fields.get(2)];
  return {
    spans: typeof spans === 'number' ? spans : 0,
    why: why instanceof Uint8Array ? new TextDecoder().decode(why) : '',
  };
}

/** The fields up to the first of a wire type that the answer has none of. */
function readFields(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const type = tag % 8;
    if (type === VARINT) fields.set(Math.floor(tag / 8), varint());
    else if (type === BYTES) {
      const length = varint();
      fields.set(Math.floor(tag / 8), bytes.subarray(at, at + length));
      at += length;
    } else break;
  }
  return fields;
}

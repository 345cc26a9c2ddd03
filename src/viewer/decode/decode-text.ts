import type { Decoded, Span } from '../span.ts';
import { DecodeError } from './byte-reader.ts';
import { decodeJaegerTrace, isJaegerTrace } from './jaeger-json.ts';
import { field, messageOf, messagesOf, type OtlpMessage } from './otlp-request.ts';
import { toSpans } from './otlp-spans.ts';

/**
 * Reads saved traces: an answer of Jaeger's query API or a trace of one, an OTLP request as JSON, a list of any of
 * these, or one of them a line.
 *
 * @throws {DecodeError} where it is none of these
 */
export function decodeText(text: string): Decoded {
  const whole = parse(text);
  if (whole !== undefined) return decodeValue(whole);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parts = lines.map((line, index) => {
    const value = parse(line);
    if (value !== undefined) return decodeValue(value);
    // whoever was writing may have been cut off in the last line
    if (index === lines.length - 1 && index > 0) return { spans: [], rejected: 1 };
    throw new DecodeError(`line ${index + 1} is no JSON`);
  });
  if (parts.length === 0) throw new DecodeError('nothing is in it');
  return merge(parts);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function decodeValue(value: unknown): Decoded {
  if (Array.isArray(value)) return merge(value.map(decodeValue));
  const message: OtlpMessage = messageOf(value);
  if (isJaegerTrace(message)) return decodeJaegerTrace(message);
  if (Array.isArray(message['data'])) return merge(messagesOf(message['data']).map(decodeJaegerTrace));
  if (Array.isArray(field(message, 'resourceSpans'))) return toSpans(message);
  throw new DecodeError('neither a trace of Jaeger (spans and processes) nor one of OTLP (resourceSpans)');
}

function merge(parts: readonly Decoded[]): Decoded {
  const spans: Span[] = [];
  let rejected = 0;
  for (const part of parts) {
    // one by one: a list of arguments has its limits
    for (const span of part.spans) spans.push(span);
    rejected += part.rejected;
  }
  return { spans, rejected };
}

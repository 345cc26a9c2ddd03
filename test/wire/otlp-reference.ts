import { strict as assert } from 'node:assert';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { decodeOtlpRequest } from '../support/decode-otlp.ts';

/** What the official serialiser makes of the spans, each value with its type. */
export function referenceRequest(spans: readonly ReadableSpan[]): unknown {
  const bytes = ProtobufTraceSerializer.serializeRequest([...spans]);
  assert.ok(bytes);
  return withNamedNumbers(typedRequest(bytes, 'application/x-protobuf'));
}

/** We send NaN and the infinities by name. */
function withNamedNumbers(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(withNamedNumbers);
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message).map(([field, value]) =>
      field === 'doubleValue' && !Number.isFinite(value)
        ? ['stringValue', String(value)]
        : [field, withNamedNumbers(value)],
    ),
  );
}

/** A request with the type of each value, as equal as proto3 lets two requests be. */
export function typedRequest(body: Uint8Array, contentType: string): unknown {
  return withoutDefaults(decodeOtlpRequest(body, contentType));
}

/** In proto3 a field with its default and one that is missing are the same; a value's own field is not one of them. */
function withoutDefaults(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(withoutDefaults);
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message)
      .map(([field, value]) => [field, withoutDefaults(value)] as const)
      .filter(([field, value]) => field.endsWith('Value') || field === 'value' || !isDefault(value)),
  );
}

function isDefault(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === 0 || value === '' || value === undefined;
}

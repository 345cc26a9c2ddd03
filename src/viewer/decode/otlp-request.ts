/**
 * An ExportTraceServiceRequest in its JSON form, as far as it is shown. From the network nothing of it is sure: fields are
 * read through the functions below.
 */
export type OtlpMessage = { readonly [field: string]: unknown };

const protoNames = new Map<string, string>();

/** A field under its JSON name, or under the name of the `.proto`, which JSON parsers of protobuf accept too. */
export function field(message: OtlpMessage, name: string): unknown {
  const value = message[name];
  if (value !== undefined && value !== null) return value;
  let protoName = protoNames.get(name);
  if (protoName === undefined) {
    protoName = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    protoNames.set(name, protoName);
  }
  return message[protoName] ?? undefined;
}

export function messageOf(value: unknown): OtlpMessage {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as OtlpMessage) : {};
}

export function messagesOf(value: unknown): readonly OtlpMessage[] {
  return Array.isArray(value) ? value.map(messageOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A 64-bit integer: a number, or its digits in a string; 0 for anything else. */
export function bigintOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : 0n;
}

/** An enum: its number, or the name of one of `names` behind `prefix`. */
export function enumOf(value: unknown, prefix: string, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Math.max(0, names.indexOf(value.replace(prefix, ''))) : 0;
}

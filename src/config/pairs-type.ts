import type { JsonSchema, RawValue, TypedValue, ValueType } from './value-type.ts';

type Pairs = Readonly<Record<string, string>>;

/** One pair as the source has it and decoded; a part is `undefined` where it is missing or cannot be decoded. */
interface Pair {
  readonly written: string;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly undecodedValue: string | undefined;
}

function pairsOf(raw: RawValue): readonly Pair[] {
  if (typeof raw === 'object' && !isList(raw)) {
    return Object.entries(raw).map(([key, value]) => {
      const text = textOf(value);
      return { written: key, key, value: text, undecodedValue: text };
    });
  }
  const items = typeof raw === 'string' ? raw.split(',') : raw;
  return items.filter((item) => item.trim() !== '').map(parsePair);
}

function isList(raw: RawValue): raw is readonly string[] {
  return Array.isArray(raw);
}

function parsePair(item: string): Pair {
  const written = item.trim();
  const equals = written.indexOf('=');
  if (equals === -1) return { written, key: undefined, value: undefined, undecodedValue: undefined };
  const undecodedValue = written.slice(equals + 1).trim();
  return { written, key: decode(written.slice(0, equals).trim()), value: decode(undecodedValue), undecodedValue };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Stays readable: encoded is only what would be taken for syntax or is not printable ASCII. */
function encode(text: string): string {
  // half a surrogate pair cannot be encoded
  const whole = text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
  return whole.replaceAll(/[%,;="\\\s]|[^ -~]+/g, (unsafe) => encodeURIComponent(unsafe));
}

function textOf(value: TypedValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function format(value: Readonly<Record<string, TypedValue>>): string {
  return Object.entries(value)
    .map(([key, content]) => `${encode(key)}=${encode(textOf(content))}`)
    .join(',');
}

/** A map, or the same as text. */
const schema: JsonSchema = {
  anyOf: [{ type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }, { type: 'string' }],
};

/**
 * `k=v,k2=v2`, percent-encoded; one wrong pair spoils the whole, as the specification has it for
 * `OTEL_RESOURCE_ATTRIBUTES`. In YAML it may be a map, which needs no encoding, and whose values may have types.
 */
export const attributes: ValueType<Readonly<Record<string, TypedValue>>> = {
  allowed: 'key=value pairs with commas between, percent-encoded',
  schema,
  parse(raw) {
    if (typeof raw === 'object' && !isList(raw)) {
      return Object.keys(raw).some((key) => key === '') || Object.keys(raw).length === 0 ? undefined : { value: raw };
    }
    const entries: [string, string][] = [];
    for (const { key, value } of pairsOf(raw)) {
      if (key === undefined || key === '' || value === undefined) return undefined;
      entries.push([key, value]);
    }
    return entries.length === 0 ? undefined : { value: Object.fromEntries(entries) };
  },
  format,
};

/** A token of HTTP, in lower case as HTTP/2 wants it. */
const headerName = /^[!#$%&'*+.^_`|~\da-z-]+$/;

/** Printable, the tab and what is beyond ASCII: anything else lets a header end early. */
const headerValue = /^[\t -~\u0080-\u{10ffff}]*$/u;

/** Like `attributes`, but a value that cannot be decoded is taken as it stands, and only a wrong pair is left out. */
export const headers: ValueType<Pairs> = {
  allowed: 'name=value headers with commas between, percent-encoded',
  schema,
  parse(raw) {
    const entries: [string, string][] = [];
    const rejected: string[] = [];
    for (const { written, key, value, undecodedValue } of pairsOf(raw)) {
      const name = key?.toLowerCase() ?? '';
      const content = value ?? undecodedValue;
      if (content !== undefined && headerName.test(name) && headerValue.test(content)) entries.push([name, content]);
      else rejected.push(written);
    }
    if (entries.length === 0) return undefined;
    const parsed = { value: Object.fromEntries(entries) };
    return rejected.length === 0 ? parsed : { ...parsed, rejected: rejected.join(',') };
  },
  format,
};

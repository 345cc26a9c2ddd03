import { toBase64, toText } from './json-text.ts';

const TWO_63 = 2 ** 63;
/** Deeper than anyone reads; what is below, a cycle included, is an empty value. */
const MAX_DEPTH = 16;

type Attributes = Readonly<Record<string, unknown>>;

/** The list of KeyValues that OTLP's JSON form has in place of an object. */
export function attributesToJson(attributes: Attributes): string {
  let json = '';
  for (const key in attributes) {
    if (!Object.hasOwn(attributes, key)) continue;
    const value = attributes[key];
    if (value !== undefined) json += `${json === '' ? '' : ','}${keyValueToJson(key, value, 0)}`;
  }
  return `[${json}]`;
}

/** JSON leaves half a surrogate pair as it is, escaped; on every wire of ours it is U+FFFD. */
export function textToJson(text: string): string {
  const json = JSON.stringify(text);
  return json.includes('\\ud') ? JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, '\ufffd')) : json;
}

function keyValueToJson(key: string, value: unknown, depth: number): string {
  return `{"key":${textToJson(key)},"value":${valueToJson(value, depth)}}`;
}

function valueToJson(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${textToJson(value)}}`;
    case 'number':
      return numberToJson(value);
    case 'boolean':
      return `{"boolValue":${value}}`;
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? `{"intValue":"${value}"}` : `{"stringValue":"${value}"}`;
    case 'object':
      return value !== null && depth < MAX_DEPTH ? objectToJson(value, depth) : '{}';
    case 'undefined':
      return '{}';
    default:
      return `{"stringValue":${textToJson(toText(value))}}`;
  }
}

function numberToJson(value: number): string {
  if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`;
  // beyond 2^53 the digits of a number are not those of the integer it is
  if (Number.isInteger(value) && value >= -TWO_63 && value < TWO_63) return `{"intValue":"${BigInt(value)}"}`;
  return `{"doubleValue":${Number.isFinite(value) ? value : `"${value}"`}}`;
}

function objectToJson(value: object, depth: number): string {
  try {
    if (value instanceof Uint8Array) return `{"bytesValue":"${toBase64(value)}"}`;
    if (Array.isArray(value)) {
      return `{"arrayValue":{"values":[${Array.from(value, (item) => valueToJson(item, depth + 1)).join(',')}]}}`;
    }
    const entries = Object.entries(value).map(([key, value]) => keyValueToJson(key, value, depth + 1));
    return `{"kvlistValue":{"values":[${entries.join(',')}]}}`;
  } catch {
    // a getter of the app's threw: no value is better than half of one
    return '{}';
  }
}

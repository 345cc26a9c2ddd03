import { listSchema } from './list-type.ts';
import type { RawValue, ValueType } from './value-type.ts';

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;

/** Where a list goes on with another URL. */
const NEXT_URL = /,(?=\s*[a-z][a-z\d+.-]*:\/\/)/i;

/** The items of a list. A comma before an `@` is one of a password, unless another URL begins behind it. */
export function splitUrls(text: string): readonly string[] {
  const items = text.split(NEXT_URL).flatMap((part) => {
    const end = part.indexOf(',', part.lastIndexOf('@'));
    return end === -1 ? part : [part.slice(0, end)].concat(part.slice(end + 1).split(','));
  });
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

export interface UnixAddress {
  readonly socketPath: string;
  /** With its query; empty where there is none. */
  readonly path: string;
}

/**
 * `unix:/run/otel.sock` and `unix:///run/otel.sock`, as gRPC writes them, and `http+unix://%2Frun%2Fotel.sock/path`.
 *
 * @returns undefined for what is none of them
 * @see https://github.com/grpc/grpc/blob/master/doc/naming.md
 */
export function parseUnixAddress(text: string): UnixAddress | undefined {
  const plain = /^unix:(?:\/\/(?=\/))?((?!\/\/)[^\0?#]*[^\0?#/])$/i.exec(text)?.[1];
  if (plain !== undefined) return { socketPath: plain, path: '' };
  if (!/^http\+unix:\/\//i.test(text) || !isUrl(text)) return undefined;
  const { hostname, port, pathname, search } = new URL(text);
  const socketPath = decode(hostname);
  return socketPath.includes('/') && port === '' ? { socketPath, path: pathname + search } : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function isUrl(text: string): boolean {
  return !/\s/.test(text) && URL.canParse(text);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && isUrl(text);
}

function isHostAndPort(text: string): boolean {
  return /^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(text) && URL.canParse(`http://${text}`);
}

function isUnix(text: string): boolean {
  return parseUnixAddress(text) !== undefined;
}

function listOfUrls(allowed: string, isGood: (text: string) => boolean): ValueType<readonly string[]> {
  return {
    allowed,
    schema: listSchema({ type: 'string' }),
    parse(raw) {
      const items = itemsOf(raw);
      const value = [...new Set(items.filter(isGood))];
      if (value.length === 0) return undefined;
      const rejected = items.filter((item) => !isGood(item));
      return rejected.length === 0 ? { value } : { value, rejected: rejected.join(',') };
    },
    format: (value) => value.join(','),
    // The SDK's own exporters know one address, and it is reached by TCP.
    formatForSdk: (value) => value.find((item) => !isUnix(item)),
  };
}

function itemsOf(raw: RawValue): readonly string[] {
  if (typeof raw === 'string') return splitUrls(raw);
  return Array.isArray(raw) ? raw.map((item: string) => item.trim()).filter((item) => item !== '') : [];
}

export const collectorUrls: ValueType<readonly string[]> = listOfUrls(
  'a URL with http://, https:// or unix:, or several with commas between',
  (text) => isHttpUrl(text) || isUnix(text),
);

/** gRPC endpoints are also written without a scheme. */
export const endpoints: ValueType<readonly string[]> = listOfUrls(
  'a URL with http://, https:// or unix:, or host:port, or several with commas between',
  (text) => isHttpUrl(text) || isUnix(text) || isHostAndPort(text),
);

/** One endpoint, for the SDK's own exporters. */
export const endpoint: ValueType<string> = {
  allowed: 'a URL with http:// or https://, or host:port',
  schema: { type: 'string' },
  parse(raw) {
    const text = typeof raw === 'string' ? raw.trim() : '';
    return isHttpUrl(text) || isHostAndPort(text) ? { value: text } : undefined;
  },
  format: String,
};

/** Whether an endpoint says by which protocol it is reached. */
export function hasScheme(text: string): boolean {
  return SCHEME.test(text) || isUnix(text);
}

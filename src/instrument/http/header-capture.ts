import type { Attributes } from '@opentelemetry/api';

export type HeaderValue = number | string | readonly string[] | undefined;
/** Gives the captured headers as attributes. */
export type HeaderCapture = (valueOf: (name: string) => HeaderValue) => Attributes;

/**
 * @param names of headers, in any case
 * @returns undefined where there is nothing to capture
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/#http-request-header
 */
export function headerCapture(direction: 'request' | 'response', names: readonly string[]): HeaderCapture | undefined {
  if (names.length === 0) return undefined;
  const headers = [...new Set(names.map((name) => name.toLowerCase()))].map(
    (name) => [name, `http.${direction}.header.${name}`] as const,
  );
  return (valueOf) => {
    const attributes: Attributes = {};
    for (const [name, key] of headers) {
      const value = valueOf(name);
      if (value !== undefined) attributes[key] = Array.isArray(value) ? [...value] : [value];
    }
    return attributes;
  };
}

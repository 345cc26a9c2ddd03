import type { Attributes } from '@opentelemetry/api';
import type { Metadata } from './grpc-js.ts';

/** Gives the captured entries as attributes. */
export type MetadataCapture = (metadata: Metadata) => Attributes;

/**
 * @param keys in any case; values in binary are left out
 * @returns undefined where there is nothing to capture
 */
export function metadataCapture(
  direction: 'request' | 'response',
  keys: readonly string[],
): MetadataCapture | undefined {
  if (keys.length === 0) return undefined;
  const names = [...new Set(keys.map((key) => key.toLowerCase()))].map(
    (key) => [key, `rpc.${direction}.metadata.${key.replaceAll('-', '_')}`] as const,
  );
  return (metadata) => {
    const attributes: Attributes = {};
    for (const [key, name] of names) {
      const values = metadata.get(key).filter((value) => typeof value === 'string');
      if (values.length > 0) attributes[name] = values;
    }
    return attributes;
  };
}

import { loadBuiltin } from '../core/builtin.ts';

/** Compresses off this thread; telemetry repeats itself so much that the fastest level does. */
export function gzip(body: Uint8Array): Promise<Uint8Array> {
  const zlib = loadBuiltin('node:zlib');
  return new Promise((resolve, reject) => {
    zlib.gzip(body, { level: 1 }, (error, zipped) => (error === null ? resolve(zipped) : reject(error)));
  });
}

import { loadBuiltin } from '../core/builtin.ts';

/** Telemetry repeats itself so much that the fastest level leaves a tenth; the sixth takes twice as long for 2 bytes less. */
const level = 1;
/** So much takes 100 µs. The way to the thread pool and back takes 70 µs of this thread, and 100 to 200 more of others. */
const MAX_HERE_BYTES = 64 * 1024;

/** Compresses a body, a large one off this thread. */
export function gzip(body: Uint8Array): Promise<Uint8Array> {
  const zlib = loadBuiltin('node:zlib');
  return new Promise((resolve, reject) => {
    if (body.length <= MAX_HERE_BYTES) resolve(zlib.gzipSync(body, { level }));
    else zlib.gzip(body, { level }, (error, zipped) => (error === null ? resolve(zipped) : reject(error)));
  });
}

import { loadBuiltin } from '../core/builtin.ts';

/** What a spool file holds: one batch as it would have gone over the wire. */
export interface SpooledPayload {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** How many spans the body holds. */
  readonly spans: number;
}

const NEWLINE = 0x0a;
/** More than any batch that we write; what would grow beyond it is no file of ours. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/**
 * The bytes of a spool file.
 *
 *     gzip( {"contentType":…,"spans":…}\n | body )
 *
 * Gzip brings the checksum that tells a damaged file, and its size besides: telemetry repeats itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952#page-5 for the checksum
 */
export function pack(payload: SpooledPayload): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    loadBuiltin('node:zlib').gzip(plain(payload), { level: 1 }, (error, packed) =>
      error === null ? resolve(packed) : reject(error),
    );
  });
}

/** The same while the calling thread waits, and so without the work of compressing. */
export function packSync(payload: SpooledPayload): Uint8Array {
  return loadBuiltin('node:zlib').gzipSync(plain(payload), { level: 0 });
}

/** @throws (rejects) where the bytes are not those of a whole spool file */
export function unpack(packed: Uint8Array): Promise<SpooledPayload> {
  return new Promise((resolve, reject) => {
    loadBuiltin('node:zlib').gunzip(packed, { maxOutputLength: MAX_UNPACKED_BYTES }, (error, bytes) => {
      if (error !== null) return reject(error);
      try {
        resolve(parse(bytes));
      } catch (parseError) {
        reject(parseError);
      }
    });
  });
}

function plain({ body, contentType, spans }: SpooledPayload): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ contentType, spans })}\n`), body]);
}

/** @throws where the unpacked bytes are not those of a spool file */
export function parse(bytes: Buffer): SpooledPayload {
  const end = bytes.indexOf(NEWLINE);
  const head = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end))) as Partial<SpooledPayload> | null;
  const { contentType, spans } = head ?? {};
  if (typeof contentType !== 'string' || !Number.isSafeInteger(spans)) throw new Error('not a spool file');
  return { contentType, spans: Number(spans), body: bytes.subarray(end + 1) };
}

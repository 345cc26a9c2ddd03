import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

export interface BodyLimits {
  /** Of one body, before and after it is unpacked. */
  readonly maxBytes: number;
  /** Of all bodies that are being read at one time. */
  readonly maxTotalBytes: number;
}

/** As much as OpenTelemetry's collector takes. */
export const DEFAULT_BODY_LIMITS: BodyLimits = { maxBytes: 20 * 1024 * 1024, maxTotalBytes: 64 * 1024 * 1024 };

export type Body =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** The sender went away. */
  | { readonly kind: 'gone' };

const unpackers = { gzip: promisify(gunzip), 'x-gzip': promisify(gunzip), deflate: promisify(inflate) };

/** Reads bodies whose sum is bounded, however many are sent at one time and whatever they say of their length. */
export class BodyReader {
  readonly #limits: BodyLimits;
  #underWay = 0;

  constructor(limits: BodyLimits = DEFAULT_BODY_LIMITS) {
    this.#limits = limits;
  }

  async read(request: IncomingMessage): Promise<Body> {
    const { maxBytes, maxTotalBytes } = this.#limits;
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes);
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    const unpack = unpackers[encoding as keyof typeof unpackers] as (typeof unpackers)['gzip'] | undefined;
    if (unpack === undefined && encoding !== 'identity') {
      return { kind: 'refused', status: 415, why: `content-encoding ${encoding} is not known; gzip is` };
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#underWay += chunk.length;
        if (bytes > maxBytes) return tooLarge(maxBytes);
        if (this.#underWay > maxTotalBytes) return { kind: 'refused', status: 503, why: 'too much at one time' };
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks);
      return { kind: 'read', bytes: unpack ? await unpack(body, { maxOutputLength: maxBytes }) : body };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
      if (code?.startsWith('Z_')) return { kind: 'refused', status: 400, why: `no ${encoding} data` };
      return { kind: 'gone' };
    } finally {
      this.#underWay -= bytes;
    }
  }
}

function tooLarge(maxBytes: number): Body {
  return { kind: 'refused', status: 413, why: `a body may have ${maxBytes} bytes, unpacked too` };
}

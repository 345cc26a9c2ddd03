/** The parts of an HTTP answer that say what became of a payload. */
export interface Answer {
  readonly statusCode: number;
  /** In lower case; of one that is there twice the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface ParsedAnswer extends Answer {
  /** Whether the whole of the body is there. */
  readonly isWhole: boolean;
  /** Whether the connection is fit for another request. */
  readonly keepsOpen: boolean;
}

/** An answer's status and headers. */
export interface Head extends Omit<Answer, 'body'> {
  /** Whether another request may follow on the connection. */
  readonly keepsOpen: boolean;
  /** Where the body begins. */
  readonly end: number;
}

interface Body {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
  /** Whether something follows that nobody has asked for, or the end of the connection is the end of the body. */
  readonly isLast: boolean;
}

/** Nobody who takes spans says more; a longer answer costs the connection. */
export const MAX_READ_BYTES = 65_536;

const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
/** What every answer begins with. */
const BEGINNING = Buffer.from('HTTP/1.');
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SWITCHING_PROTOCOLS = 101;
const FIRST_FINAL = 200;

/**
 * Parses an answer of HTTP/1 as far as it has come, from its first byte.
 *
 * @param received informational answers before it included
 * @param isAll nothing more will come: then a body without a length is whole
 * @returns undefined where the head is not there yet
 * @throws {Error} where it is no HTTP
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function parseAnswer(received: Buffer, isAll: boolean): ParsedAnswer | undefined {
  const head = parseHead(received);
  if (head === undefined) return undefined;
  const { statusCode, headers, keepsOpen, end } = head;
  const { bytes, isWhole, isLast } = parseBody(head, received.subarray(end), isAll);
  return { statusCode, headers, body: bytes, isWhole, keepsOpen: keepsOpen && isWhole && !isLast };
}

/** Parses the status and the headers of the first answer that is not informational; otherwise as {@link parseAnswer}. */
export function parseHead(received: Buffer): Head | undefined {
  for (let from = 0; ;) {
    const begun = Math.min(BEGINNING.length, received.length - from);
    if (received.compare(BEGINNING, 0, begun, from, from + begun) !== 0) throw new Error('the answer is not HTTP/1');
    const to = received.indexOf(HEAD_END, from);
    if (to < 0) return undefined;
    const end = to + HEAD_END.length;
    const [statusLine = '', ...lines] = received.toString('latin1', from, to).split(LINE_END);
    const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
    const statusCode = Number(code);
    if (code === undefined) throw new Error('the answer has no status');
    if (statusCode === SWITCHING_PROTOCOLS) throw new Error('the answer is an upgrade that nobody asked for');
    if (statusCode >= FIRST_FINAL) return { statusCode, ...parseHeaders(lines, minor === '1'), end };
    from = end;
  }
}

function parseHeaders(lines: readonly string[], isKept: boolean): Pick<Head, 'headers' | 'keepsOpen'> {
  const headers: Record<string, string | undefined> = Object.create(null) as Record<string, string>;
  let keepsOpen = isKept;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const key = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (colon < 0 || !NAME.test(key)) throw new Error('a header of the answer is none');
    if (key === 'connection' && /\b(?:close|upgrade)\b/i.test(value)) keepsOpen = false;
    if (key === 'content-length' && (headers[key] ?? value) !== value) throw new Error('the answer has two lengths');
    headers[key] ??= value;
  }
  return { headers, keepsOpen };
}

function parseBody({ statusCode, headers }: Head, rest: Buffer, isAll: boolean): Body {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  if (statusCode === 204 || statusCode === 304) return bodyOf(rest, 0, 0);
  if (coding !== undefined) {
    if (/(?:^|,)[\t ]*chunked$/i.test(coding)) return parseChunks(rest, length !== undefined);
    return { bytes: rest, isWhole: isAll, isLast: true };
  }
  if (length === undefined) return { bytes: rest, isWhole: isAll, isLast: true };
  if (!/^\d+$/.test(length)) throw new Error('the length of the answer is no number');
  return bodyOf(rest, Number(length), Number(length));
}

function bodyOf(rest: Buffer, length: number, end: number): Body {
  return { bytes: rest.subarray(0, length), isWhole: rest.length >= end, isLast: rest.length > end };
}

/** @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function parseChunks(rest: Buffer, isLast: boolean): Body {
  const chunks: Buffer[] = [];
  const soFar = (isWhole: boolean, end: number): Body => ({
    bytes: Buffer.concat(chunks),
    isWhole,
    isLast: isLast || rest.length > end,
  });
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf(LINE_END, at);
    if (lineEnd < 0) return soFar(false, rest.length);
    const [, digits] = /^([0-9a-f]{1,8})[\t ]*(?:;|$)/i.exec(rest.toString('latin1', at, lineEnd)) ?? [];
    if (digits === undefined) throw new Error('the answer has a chunk without a length');
    const from = lineEnd + LINE_END.length;
    const to = from + Number.parseInt(digits, 16);
    if (to === from) {
      // the trailers end as a head does, where there are any
      const end = rest.indexOf(HEAD_END, lineEnd);
      return end < 0 ? soFar(false, rest.length) : soFar(true, end + HEAD_END.length);
    }
    chunks.push(rest.subarray(from, to));
    if (rest.length < to + LINE_END.length) return soFar(false, rest.length);
    if (rest.toString('latin1', to, to + LINE_END.length) !== LINE_END)
      throw new Error('a chunk of the answer has no end');
    at = to + LINE_END.length;
  }
}

/** What a Host header, or what a proxy has put in its place, says. */
export interface Authority {
  readonly address: string;
  readonly port: number | undefined;
  /** Whether a URL may have it. */
  readonly isValid: boolean;
}

/** A host that `URL` takes for sure: names that do not end like a number and are not in Punycode, and IPv4 addresses. */
const PLAIN = /^(?!.*xn--)(?:[\w-]+\.)*[a-z][\w-]*(?::[1-5]?\d{1,4})?$|^127\.0\.0\.1(?::[1-5]?\d{1,4})?$/i;

function usualPort(scheme: string | undefined): number | undefined {
  return scheme === 'http' ? 80 : scheme === 'https' ? 443 : undefined;
}

/** @param scheme of the request, for the port where none is named */
export function parseAuthority(text: string, scheme: string | undefined): Authority {
  const isValid = PLAIN.test(text) || URL.canParse(`http://${text}`);
  const parts = text.split(':');
  const [first = '', second] = parts;
  const usual = usualPort(scheme);
  if (second === undefined) return { address: first, port: usual, isValid };
  if (parts.length === 2) return { address: first, port: Number(second), isValid };
  // an IPv6 address
  if (first.startsWith('[')) {
    if (text.endsWith(']')) return { address: text, port: usual, isValid };
    if (parts.at(-2)?.endsWith(']')) {
      return { address: parts.slice(0, -1).join(':'), port: Number(parts.at(-1)), isValid };
    }
  }
  return { address: text, port: undefined, isValid };
}

const NOWHERE: Authority = { address: '', port: undefined, isValid: false };

/** The same few texts come with nearly every request; those of a client that makes them up must not fill the memory. */
const MOST_REMEMBERED = 64;

/** Parses each text once for requests of one scheme. */
export class Authorities {
  readonly #scheme: string;
  readonly #known = new Map<string, Authority>();
  /** Mostly the next one too: to compare it takes less than the hash of a text that each request brings anew. */
  #last: string | undefined;
  #authority = NOWHERE;

  constructor(scheme: string) {
    this.#scheme = scheme;
  }

  parse(text: string): Authority {
    if (text === this.#last) return this.#authority;
    this.#authority = this.#find(text);
    this.#last = text;
    return this.#authority;
  }

  #find(text: string): Authority {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size === MOST_REMEMBERED) this.#known.clear();
    const authority = parseAuthority(text, this.#scheme);
    this.#known.set(text, authority);
    return authority;
  }
}

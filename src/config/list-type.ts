import type { RawValue, ValueType } from './value-type.ts';

function itemsOf(raw: RawValue): readonly string[] | undefined {
  if (typeof raw !== 'string' && !isList(raw)) return undefined;
  const items = typeof raw === 'string' ? raw.split(',') : raw;
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function isList(raw: RawValue): raw is readonly string[] {
  return Array.isArray(raw);
}

/**
 * A list of known names, in any case and without repeats; `none` by itself is the empty list.
 *
 * Unknown names are left out and the others used, as the specification has it for propagators and exporters.
 *
 * @param aliases other words for one or many of the names
 */
export function listOf<const Name extends string>(
  names: readonly Name[],
  aliases: Readonly<Record<string, readonly Name[]>> = {},
): ValueType<readonly Name[]> {
  return {
    allowed: `a list of ${[...names, ...Object.keys(aliases)].join(', ')}, or none`,
    parse(raw) {
      const items = itemsOf(raw);
      if (items === undefined || items.length === 0) return undefined;
      if (items.every((item) => item.toLowerCase() === 'none')) return { value: [] };
      const value = new Set<Name>();
      const rejected: string[] = [];
      for (const item of items) {
        const lower = item.toLowerCase();
        const found = names.filter((name) => name === lower);
        const meant = found.length > 0 ? found : Object.hasOwn(aliases, lower) ? aliases[lower] : undefined;
        if (meant === undefined) rejected.push(item);
        else for (const name of meant) value.add(name);
      }
      if (value.size === 0) return undefined;
      return rejected.length === 0 ? { value: [...value] } : { value: [...value], rejected: rejected.join(',') };
    },
    format: (value) => value.join(',') || 'none',
  };
}

/** A list of names that nobody can know here, such as those of instrumentations. */
export const names: ValueType<readonly string[]> = {
  allowed: 'a list of names',
  parse(raw) {
    const items = itemsOf(raw);
    if (items === undefined || items.length === 0) return undefined;
    const good = items.filter((item) => /^[\w@./-]+$/.test(item));
    if (good.length === 0) return undefined;
    const rejected = items.filter((item) => !good.includes(item));
    const value = [...new Set(good)];
    return rejected.length === 0 ? { value } : { value, rejected: rejected.join(',') };
  },
  format: (value) => value.join(','),
};

type Pairs = Readonly<Record<string, string>>;

function encode(text: string): string {
  // readable where W3C Baggage lets it: only what would be taken for syntax is encoded
  return text.replaceAll(/[%,;="\\\s]|[^\u0020-\u007E]+/g, (unsafe) => encodeURIComponent(unsafe));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function formatPairs(value: Pairs): string {
  return Object.entries(value)
    .map(([key, content]) => `${encode(key)}=${encode(content)}`)
    .join(',');
}

function parsePair(pair: string): readonly [key: string, value: string | undefined] | undefined {
  const equals = pair.indexOf('=');
  const key = decode(pair.slice(0, Math.max(equals, 0)).trim());
  if (key === undefined || key === '') return undefined;
  const content = pair.slice(equals + 1).trim();
  return [key, decode(content)];
}

/**
 * `k=v,k2=v2`, percent-encoded; one wrong pair spoils the whole, as the specification has it for
 * `OTEL_RESOURCE_ATTRIBUTES`. In YAML it may be a map, which needs no encoding.
 */
export const attributes: ValueType<Pairs> = {
  allowed: 'key=value pairs with commas between, percent-encoded',
  parse(raw) {
    const items = itemsOf(raw);
    if (items === undefined) return isList(raw) || typeof raw === 'string' ? undefined : { value: { ...raw } };
    const pairs = items.map(parsePair);
    const value: Record<string, string> = Object.create(null);
    for (const pair of pairs) {
      if (pair?.[1] === undefined) return undefined;
      value[pair[0]] = pair[1];
    }
    return items.length === 0 ? undefined : { value: { ...value } };
  },
  format: formatPairs,
};

/** Header names are HTTP tokens, in lower case as HTTP/2 wants them. */
const headerName = /^[!#$%&'*+.^_`|~\da-z-]+$/;

/** Like `attributes`, but a value that cannot be decoded is taken as it stands and a wrong pair is left out alone. */
export const headers: ValueType<Pairs> = {
  allowed: 'name=value headers with commas between, percent-encoded',
  parse(raw) {
    const items = itemsOf(raw);
    const pairs =
      items === undefined
        ? Object.entries(raw)
        : items.map((item) => {
            const pair = parsePair(item);
            return pair === undefined
              ? [item, undefined]
              : [pair[0], pair[1] ?? item.slice(item.indexOf('=') + 1).trim()];
          });
    const value: Record<string, string> = Object.create(null);
    const rejected: string[] = [];
    for (const [name, content] of pairs) {
      const lower = String(name).toLowerCase();
      // eslint-disable-next-line no-control-regex
      if (typeof content === 'string' && headerName.test(lower) && !/[\u0000-\u0008\u000A-\u001F\u007F]/.test(content))
        value[lower] = content;
      else rejected.push(String(name));
    }
    if (Object.keys(value).length === 0) return undefined;
    return rejected.length === 0 ? { value: { ...value } } : { value: { ...value }, rejected: rejected.join(',') };
  },
  format: formatPairs,
};

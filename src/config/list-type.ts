import type { JsonSchema, RawValue, ValueType } from './value-type.ts';

function itemsOf(raw: RawValue): readonly string[] | undefined {
  if (typeof raw !== 'string' && !isList(raw)) return undefined;
  const items = typeof raw === 'string' ? raw.split(',') : raw;
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function isList(raw: RawValue): raw is readonly string[] {
  return Array.isArray(raw);
}

/** A list, or the same as text with commas. */
export function listSchema(items: JsonSchema): JsonSchema {
  return { anyOf: [{ type: 'array', items }, { type: 'string' }] };
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
    schema: listSchema({ enum: [...names, ...Object.keys(aliases), 'none'] }),
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

/** A list of what has a certain form; `none` by itself is the empty list. */
function listMatching(allowed: string, pattern: RegExp): ValueType<readonly string[]> {
  return {
    allowed,
    schema: listSchema({ type: 'string' }),
    parse(raw) {
      const items = itemsOf(raw);
      if (items === undefined || items.length === 0) return undefined;
      if (items.every((item) => item.toLowerCase() === 'none')) return { value: [] };
      const good = items.filter((item) => pattern.test(item));
      if (good.length === 0) return undefined;
      const rejected = items.filter((item) => !good.includes(item));
      const value = [...new Set(good)];
      return rejected.length === 0 ? { value } : { value, rejected: rejected.join(',') };
    },
    format: (value) => value.join(',') || 'none',
  };
}

/** A list of names that nobody can know here, such as those of instrumentations. */
export const names = listMatching('a list of names', /^[\w@./-]+$/);

/** Patterns of names; `?` stands for any character, `*` for any text. */
export const patterns = listMatching('a list of patterns', /^\S+$/);

/** Names of HTTP headers and methods. */
export const tokens = listMatching('a list of names', /^[\w!#$%&'*+.^`|~-]+$/);

/** Paths of requests; `*` stands for any text. */
export const paths = listMatching('a list of paths that begin with / or *', /^[/*][^\s?#]*$/);

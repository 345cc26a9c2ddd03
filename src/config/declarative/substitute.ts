/** `ENV-NAME [":-" DEFAULT-VALUE]` of the specification's grammar. */
const VARIABLE = /^([A-Z_]\w*)(?::-([^\n]*))?$/i;
const REFERENCE = /\$\{([^}\n]+)\}/g;

export type Substituted =
  | { readonly status: 'substituted'; readonly text: string }
  /** `reference` without its default, which may be a secret. */
  | { readonly status: 'invalid'; readonly reference: string };

/**
 * Puts variables in the place of `${NAME}`, `${env:NAME}` and `${NAME:-default}`; `$$` is one `$`.
 *
 * What is put in is not looked at again, nor is the `$` of an escape.
 *
 * @param lookup an unset or empty variable gives the default
 * @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
 */
export function substitute(text: string, lookup: (name: string) => string | undefined): Substituted {
  if (!text.includes('$')) return { status: 'substituted', text };
  let invalid: string | undefined;
  const parts = text.split('$$').map((part) =>
    part.replaceAll(REFERENCE, (reference, content: string) => {
      // `env` may be the name of a variable too
      const found = VARIABLE.exec(content) ?? VARIABLE.exec(content.replace(/^env:/, ''));
      if (found === null) invalid ??= reference;
      const [, name = '', preset = ''] = found ?? [];
      return lookup(name) || preset;
    }),
  );
  if (invalid === undefined) return { status: 'substituted', text: parts.join('$') };
  return { status: 'invalid', reference: invalid.replace(/^(\$\{(?:env:)?[^:]*)(?<!\$\{env):.*$/, '$1:…}') };
}

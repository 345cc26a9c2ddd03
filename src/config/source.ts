/** Where a value came from. */
export type Source =
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'dotenv'; readonly variable: string; readonly file: string; readonly line: number }
  | {
      readonly kind: 'yaml';
      readonly path: string;
      readonly file: string;
      readonly line: number;
      /** Said of a declarative file. */
      readonly column?: number;
    }
  | { readonly kind: 'default' };

export const defaultSource: Source = Object.freeze({ kind: 'default' });

/** `OTEL_SERVICE_NAME`, `.env:12`, `tracing.yaml:3` or `default`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'environment':
      return source.variable;
    case 'dotenv':
    case 'yaml':
      return `${source.file}:${source.line}`;
    case 'default':
      return 'default';
  }
}

/** The option as its source calls it, with the place where that is not the name itself. */
export function nameInSource(source: Exclude<Source, { kind: 'default' }>): string {
  switch (source.kind) {
    case 'environment':
      return source.variable;
    case 'dotenv':
      return `${source.variable} (${source.file}:${source.line})`;
    case 'yaml':
      return `${source.path} (${source.file}:${source.line}${source.column === undefined ? '' : `:${source.column}`})`;
  }
}

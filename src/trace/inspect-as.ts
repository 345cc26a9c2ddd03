import type { InspectOptionsStylized } from 'node:util';
import type { Resource } from '@opentelemetry/resources';

/** The method by which `console.log` and `util.inspect` ask an object how it looks. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

export type InspectMethod = (
  depth: number,
  options: InspectOptionsStylized,
  inspect: typeof import('node:util').inspect,
) => string;

/** Shows an object as what is public of it; what it works with, exporters say, is long and nobody's business. */
export function inspectAs(name: string, fields: object, [depth, options, inspect]: Parameters<InspectMethod>): string {
  if (depth < 0) return options.stylize(`[${name}]`, 'special');
  return `${name} ${inspect(fields, { ...options, depth: options.depth == null ? options.depth : options.depth - 1 })}`;
}

/** A resource as it is known now, without asking it: it would say that some of it is still to come. */
export function knownResource(resource: Resource): { attributes: Record<string, unknown> } {
  const attributes: Record<string, unknown> = {};
  for (const [key, value] of resource.getRawAttributes()) {
    if (value != null && typeof (value as Partial<Promise<unknown>>).then !== 'function') attributes[key] ??= value;
  }
  return { attributes };
}

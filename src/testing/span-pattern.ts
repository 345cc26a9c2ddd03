import { isDeepStrictEqual } from 'node:util';
import type { CapturedKind, CapturedSpan, CapturedStatus } from './captured-span.ts';

/** What a span has to be like; what is left out may be anything. */
export interface SpanPattern {
  readonly name?: string | RegExp;
  readonly kind?: CapturedKind;
  readonly status?: CapturedStatus;
  readonly statusMessage?: string | RegExp;
  readonly scope?: string | RegExp;
  /** The span may have more of them; `undefined` as a value: it must not have it. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Name of an event that it must have. */
  readonly event?: string | RegExp;
}

/**
 * @param pattern a text is short for `{ name: text }`
 * @returns whether the span is like it; a value of the pattern may be a regular expression or a function that judges
 */
export function isLike(span: CapturedSpan, pattern: string | RegExp | SpanPattern): boolean {
  if (typeof pattern === 'string' || pattern instanceof RegExp) return fits(span.name, pattern);
  const { attributes = {}, event, ...rest } = pattern;
  for (const [key, wanted] of Object.entries(rest)) {
    if (wanted !== undefined && !fits(span[key as keyof typeof rest], wanted)) return false;
  }
  for (const [key, wanted] of Object.entries(attributes)) if (!fits(span.attributes[key], wanted)) return false;
  return event === undefined || span.events.some(({ name }) => fits(name, event));
}

function fits(value: unknown, wanted: unknown): boolean {
  if (wanted instanceof RegExp) return typeof value === 'string' && value.search(wanted) !== -1;
  if (typeof wanted === 'function') return Boolean((wanted as (value: unknown) => unknown)(value));
  return isDeepStrictEqual(value, wanted);
}

/** The pattern in few words, for a message. */
export function describePattern(pattern: string | RegExp | SpanPattern): string {
  if (typeof pattern === 'string') return `"${pattern}"`;
  if (pattern instanceof RegExp) return String(pattern);
  return JSON.stringify(pattern, (_, value: unknown) =>
    value instanceof RegExp || typeof value === 'function' ? String(value) : value,
  );
}

import { CapturedSpans } from './captured-spans.ts';
import { describePattern, type SpanPattern } from './span-pattern.ts';

/** What `expect.extend` of jest and vitest takes for each matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/**
 * For `expect.extend(matchers)` in jest and vitest.
 *
 *     expect(spans).toHaveSpan({ name: 'find user', status: 'error' });
 *     expect(spans).toHaveSpanTree('server GET /users/:id\n  internal find user');
 */
export const matchers = {
  /** At least one of the spans is like the pattern. */
  toHaveSpan(received: unknown, pattern: string | RegExp | SpanPattern): MatcherResult {
    const spans = mustBeSpans(received);
    const pass = spans.like(pattern).length > 0;
    const expected = `expected ${pass ? 'no' : 'a'} span like ${describePattern(pattern)}`;
    return { pass, message: () => `${expected} among\n${spans.tree() || '(no spans)'}` };
  },

  /** The spans are this tree; indentation that all lines share, and empty lines around, do not count. */
  toHaveSpanTree(received: unknown, tree: string): MatcherResult {
    const actual = mustBeSpans(received).tree();
    const expected = dedent(tree);
    const pass = actual === expected;
    const said = pass ? 'expected another tree than' : `expected the tree\n${expected}\ngot`;
    return { pass, message: () => `${said}\n${actual || '(no spans)'}`, actual, expected };
  },
};

function mustBeSpans(received: unknown): CapturedSpans {
  if (received instanceof CapturedSpans) return received;
  throw new TypeError('expected what captureSpans() gave');
}

function dedent(text: string): string {
  const lines = text.split('\n');
  while (lines[0]?.trim() === '') lines.shift();
  while (lines.at(-1)?.trim() === '') lines.pop();
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}

import type { CapturedSpan } from './captured-span.ts';
import { describePattern, isLike, type SpanPattern } from './span-pattern.ts';

/** What `tree` prints beside kind and name. */
export interface TreeOptions {
  /** Keys of attributes to print, in this order, where a span has them. */
  readonly attributes?: readonly string[];
}

/** The spans of a block, in the order in which they started. */
export class CapturedSpans implements Iterable<CapturedSpan> {
  readonly all: readonly CapturedSpan[];

  constructor(spans: readonly CapturedSpan[]) {
    this.all = spans;
  }

  get length(): number {
    return this.all.length;
  }

  [Symbol.iterator](): Iterator<CapturedSpan> {
    return this.all[Symbol.iterator]();
  }

  /** Those without a parent among these. */
  get roots(): CapturedSpans {
    const ids = new Set(this.all.map(({ spanId }) => spanId));
    return new CapturedSpans(this.all.filter(({ parentId }) => !ids.has(parentId)));
  }

  /** Those whose parent the span is. */
  childrenOf({ spanId }: CapturedSpan): CapturedSpans {
    return new CapturedSpans(this.all.filter(({ parentId }) => parentId === spanId));
  }

  /** Those that are like the pattern; a text is a name. */
  like(pattern: string | RegExp | SpanPattern): CapturedSpans {
    return new CapturedSpans(this.all.filter((span) => isLike(span, pattern)));
  }

  /**
   * The one span that is like the pattern; a text is a name.
   *
   * @throws Error with the tree, where there is none or more than one
   */
  get(pattern: string | RegExp | SpanPattern): CapturedSpan {
    const found = this.like(pattern);
    const [span] = found;
    if (span === undefined || found.length > 1) {
      const count = found.length === 0 ? 'no span is' : `${found.length} spans are`;
      throw new Error(`${count} like ${describePattern(pattern)} among\n${this.tree() || '(no spans)'}`);
    }
    return span;
  }

  /**
   * The spans as a tree of text that is the same in every run: no ids, no times.
   *
   *     server GET /users/:id
   *       internal find user
   *         client SELECT (error: timeout)
   *
   * Siblings are in the order in which they started.
   */
  tree({ attributes = [] }: TreeOptions = {}): string {
    const lines: string[] = [];
    const draw = (spans: CapturedSpans, depth: number): void => {
      for (const span of spans) {
        lines.push('  '.repeat(depth) + describe(span, attributes));
        draw(this.childrenOf(span), depth + 1);
      }
    };
    draw(this.roots, 0);
    return lines.join('\n');
  }
}

function describe({ kind, name, status, statusMessage, attributes }: CapturedSpan, keys: readonly string[]): string {
  const message = statusMessage === '' ? '' : `: ${statusMessage}`;
  const shown = keys.filter((key) => attributes[key] !== undefined).map((key) => `${key}=${String(attributes[key])}`);
  return [`${kind} ${name}`, ...shown].join(' ') + (status === 'error' ? ` (error${message})` : '');
}

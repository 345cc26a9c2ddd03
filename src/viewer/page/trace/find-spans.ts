import type { Tag } from '../../span.ts';
import type { Trace, TraceSpan } from './trace.ts';

const texts = new WeakMap<TraceSpan, string>();

/** Everything of a span that can be found, in lower case. */
function textOf(span: TraceSpan): string {
  const known = texts.get(span);
  if (known !== undefined) return known;
  const tags = (all: readonly Tag[]): string => all.map(({ key, value }) => `${key}=${value}`).join('\n');
  const { raw, service, operation, id } = span;
  const logs = raw.logs.map(({ fields }) => tags(fields)).join('\n');
  const text = [id, service, operation, tags(raw.tags), logs].join('\n').toLowerCase();
  texts.set(span, text);
  return text;
}

/** The spans that have each of the words somewhere; `tag=value` is a word too. None where nothing is asked for. */
export function findSpans(trace: Trace, query: string): readonly TraceSpan[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return trace.spans.filter((span) => words.every((word) => textOf(span).includes(word)));
}

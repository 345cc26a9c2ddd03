import type { Tag } from '../span.ts';
import { parseBody, type SpanBody, type StoredSpan } from '../store/stored-span.ts';
import type { StoredTrace } from '../store/trace-table.ts';

/** What one and the same span of a trace must be for the trace to be found. Empty and undefined ask for nothing. */
export interface SpanQuery {
  readonly serviceName: string;
  readonly operationName: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly minDurationNs: number;
  readonly maxDurationNs: number;
  /** By key: the value as text, of the span, of one of its logs or of its process. */
  readonly tags: ReadonlyMap<string, string>;
}

export const ANY_SPAN: SpanQuery = {
  serviceName: '',
  operationName: '',
  startUs: 0,
  endUs: Infinity,
  minDurationNs: 0,
  maxDurationNs: Infinity,
  tags: new Map(),
};

export function traceMatches(trace: StoredTrace, query: SpanQuery): boolean {
  const { summary } = trace;
  if (query.serviceName !== '' && summary.services[query.serviceName] === undefined) return false;
  if (summary.startUs > query.endUs || summary.endUs < query.startUs) return false;
  if (query.minDurationNs > (summary.endUs - summary.startUs + 1) * 1000) return false;
  if (query.tags.get('error') === 'true' && summary.errorCount === 0) return false;
  if (asksForNoSpan(query)) return true;
  const searches = [...query.tags].map(([key, value]) => new TagSearch(key, value));
  for (const span of trace.spans()) if (spanMatches(span, query, searches)) return true;
  return false;
}

function asksForNoSpan(query: SpanQuery): boolean {
  return (
    query.operationName === '' &&
    query.startUs === 0 &&
    query.endUs === Infinity &&
    query.minDurationNs === 0 &&
    query.maxDurationNs === Infinity &&
    query.tags.size === 0
  );
}

function spanMatches(span: StoredSpan, query: SpanQuery, searches: readonly TagSearch[]): boolean {
  if (query.serviceName !== '' && span.process.serviceName !== query.serviceName) return false;
  if (query.operationName !== '' && span.operationName !== query.operationName) return false;
  if (span.startUs < query.startUs || span.startUs > query.endUs) return false;
  if (span.durationNs < query.minDurationNs || span.durationNs > query.maxDurationNs) return false;
  return searches.every((search) => search.matches(span));
}

/** Looks for one tag. Most texts do not have the key in them, and are not parsed. */
class TagSearch {
  readonly #key: string;
  readonly #value: string;
  readonly #quotedKey: string;

  constructor(key: string, value: string) {
    this.#key = key;
    this.#value = value;
    this.#quotedKey = JSON.stringify(key);
  }

  matches(span: StoredSpan): boolean {
    if (this.#key === 'error' && (this.#value === 'true' || this.#value === 'false')) {
      return span.isError === (this.#value === 'true');
    }
    if (this.#key === 'service.name' && span.process.serviceName === this.#value) return true;
    if (this.#isIn(span.process.tags)) return true;
    if (!span.body.includes(this.#quotedKey)) return false;
    const { tags, logs }: SpanBody = parseBody(span);
    return this.#isIn(tags) || logs.some(({ fields }) => this.#isIn(fields));
  }

  #isIn(tags: readonly Tag[]): boolean {
    return tags.some(({ key, value }) => key === this.#key && String(value) === this.#value);
  }
}

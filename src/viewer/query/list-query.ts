import type { TraceRow } from '../page-protocol.ts';
import type { StoredTrace } from '../store/trace-table.ts';
import { ANY_SPAN, traceMatches, type SpanQuery } from './match.ts';
import { ParameterError, toNanoseconds } from './parameters.ts';

/** What the page's list asks for. Durations are those of the whole trace, as the list shows them. */
export interface ListQuery {
  readonly span: SpanQuery;
  readonly minUs: number;
  readonly maxUs: number;
  readonly onlyErrors: boolean;
  /** Each in lower case; each must be somewhere in the trace: in an id, a name, or a tag's key or value. */
  readonly words: readonly string[];
}

/**
 * Reads `service`, `operation`, `min` and `max` (durations such as `1.5ms`), `errors`, `start` and `end` (µs since 1970),
 * and `q`: words, and tags as `key=value`; what has spaces in it stands between quotes.
 *
 * @throws {ParameterError}
 */
export function parseListQuery(parameters: URLSearchParams): ListQuery {
  const tags = new Map<string, string>();
  const words: string[] = [];
  for (const term of splitTerms(parameters.get('q') ?? '')) {
    const tag = /^([^=]+)=(.*)$/s.exec(term);
    if (tag?.[1] === undefined) words.push(term.toLowerCase());
    else tags.set(tag[1], tag[2] ?? '');
  }
  return {
    span: {
      ...ANY_SPAN,
      serviceName: parameters.get('service') ?? '',
      operationName: parameters.get('operation') ?? '',
      startUs: numberOf(parameters, 'start') ?? 0,
      endUs: numberOf(parameters, 'end') ?? Infinity,
      tags,
    },
    minUs: durationUs(parameters, 'min') ?? 0,
    maxUs: durationUs(parameters, 'max') ?? Infinity,
    onlyErrors: parameters.get('errors') === '1',
    words,
  };
}

function splitTerms(text: string): string[] {
  return [...text.matchAll(/(?:[^\s"]+|"[^"]*"?)+/g)].map(([term]) => term.replaceAll('"', '')).filter(Boolean);
}

function durationUs(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name)?.trim();
  if (!text) return undefined;
  const ns = toNanoseconds(text.replaceAll(' ', '')) ?? toNanoseconds(`${text}ms`);
  if (ns === undefined) throw new ParameterError(`${name} is a duration such as 100ms, got ${JSON.stringify(text)}`);
  return ns / 1000;
}

function numberOf(parameters: URLSearchParams, name: string): number | undefined {
  const number = Number(parameters.get(name) || Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

export function listMatches(trace: StoredTrace, { span, minUs, maxUs, onlyErrors, words }: ListQuery): boolean {
  const { summary } = trace;
  const durationUs = summary.endUs - summary.startUs;
  if (durationUs < minUs || durationUs > maxUs) return false;
  if (onlyErrors && summary.errorCount === 0) return false;
  if (summary.startUs < span.startUs || summary.startUs > span.endUs) return false;
  const { startUs: _, endUs: __, ...ofSpan } = span;
  return traceMatches(trace, { ...ANY_SPAN, ...ofSpan }) && hasWords(trace, words);
}

function hasWords(trace: StoredTrace, words: readonly string[]): boolean {
  const missing = new Set(words.filter((word) => !trace.summary.id.includes(word)));
  if (missing.size === 0) return true;
  const processes = new Set<unknown>();
  for (const span of trace.spans()) {
    const texts = [span.spanId, span.operationName, span.body];
    if (!processes.has(span.process)) texts.push(span.process.json);
    processes.add(span.process);
    const lower = texts.map((text) => text.toLowerCase());
    for (const word of missing) if (lower.some((text) => text.includes(quoted(word)))) missing.delete(word);
    if (missing.size === 0) return true;
  }
  return false;
}

/** As it stands in a JSON text. */
function quoted(word: string): string {
  return JSON.stringify(word).slice(1, -1);
}

export function toRow({ summary }: StoredTrace): TraceRow {
  const { id, startUs, endUs, spanCount, errorCount, root, services } = summary;
  return [
    id,
    startUs,
    endUs - startUs,
    spanCount,
    errorCount,
    root.serviceName,
    root.operationName,
    Object.keys(services),
  ];
}

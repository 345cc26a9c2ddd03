import type { SpanQuery } from './match.ts';
import { toTraceId } from '../span.ts';

export interface TraceQuery extends SpanQuery {
  readonly limit: number;
  /** Where these are named, they are all that is asked for. */
  readonly traceIds: readonly string[];
}

/** What is wrong with a parameter, for whoever sent it. */
export class ParameterError extends Error {}

const DEFAULT_LIMIT = 100;
const HOUR_MS = 3_600_000;
const DEFAULT_LOOKBACK_MS = 48 * HOUR_MS;
const DEFAULT_DEPENDENCY_LOOKBACK_MS = 24 * HOUR_MS;

/**
 * Reads the parameters of `/api/traces` as Jaeger does: times in µs since 1970, durations such as `1.5ms`.
 *
 * @throws {ParameterError}
 */
export function parseTraceQuery(parameters: URLSearchParams, nowMs: number): TraceQuery {
  const minDurationNs = parseDurationNs(parameters, 'minDuration') ?? 0;
  const maxDurationNs = parseDurationNs(parameters, 'maxDuration') ?? 0;
  const lookbackMs = (parseDurationNs(parameters, 'lookback') ?? DEFAULT_LOOKBACK_MS * 1e6) / 1e6;
  const query: TraceQuery = {
    serviceName: parameters.get('service') ?? '',
    operationName: parameters.get('operation') ?? '',
    startUs: parseInteger(parameters, 'start') ?? (nowMs - lookbackMs) * 1000,
    endUs: parseInteger(parameters, 'end') ?? nowMs * 1000,
    minDurationNs,
    maxDurationNs: maxDurationNs || Infinity,
    tags: parseTags(parameters.getAll('tag'), parameters.getAll('tags')),
    limit: parseInteger(parameters, 'limit') ?? DEFAULT_LIMIT,
    traceIds: parameters.getAll('traceID').map(parseTraceId),
  };
  if (query.traceIds.length === 0 && query.serviceName === '')
    throw new ParameterError("parameter 'service' is required");
  if (maxDurationNs !== 0 && maxDurationNs < minDurationNs) {
    throw new ParameterError("'maxDuration' should be greater than 'minDuration'");
  }
  if (query.limit <= 0) throw new ParameterError(`'limit' must be 1 or more, got ${query.limit}`);
  return query;
}

/** The parameters of `/api/dependencies`, in ms as Jaeger has them there. */
export function parseDependencyQuery(
  parameters: URLSearchParams,
  nowMs: number,
): { serviceName: string; startUs: number; endUs: number } {
  const endMs = parseInteger(parameters, 'endTs') ?? nowMs;
  const lookbackMs = parseInteger(parameters, 'lookback') ?? DEFAULT_DEPENDENCY_LOOKBACK_MS;
  return {
    serviceName: parameters.get('service') ?? '',
    startUs: (endMs - lookbackMs) * 1000,
    endUs: endMs * 1000,
  };
}

/** @throws {ParameterError} */
export function parseTraceId(text: string): string {
  const id = toTraceId(text);
  if (id === undefined) throw new ParameterError(`a trace id has 1 to 32 hex digits, got ${JSON.stringify(text)}`);
  return id;
}

function parseInteger(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d{1,19}$/.test(text))
    throw new ParameterError(`unable to parse param '${name}': ${JSON.stringify(text)}`);
  return Number(text);
}

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

function parseDurationNs(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const ns = toNanoseconds(text);
  if (ns === undefined) throw new ParameterError(`unable to parse param '${name}': ${JSON.stringify(text)}`);
  return ns;
}

/** @param text such as `1.5ms` or `1h30m`; a 0 needs no unit */
export function toNanoseconds(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((ns, [, number = '', unit = '']) => ns + Number(number) * (unitNs[unit] ?? 0), 0);
}

function parseTags(simple: readonly string[], json: readonly string[]): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of simple) {
    const colon = tag.indexOf(':');
    if (colon < 0) throw new ParameterError(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const text of json) for (const [key, value] of Object.entries(parseTagObject(text))) tags.set(key, value);
  return tags;
}

function parseTagObject(text: string): Record<string, string> {
  const malformed = (): ParameterError =>
    new ParameterError("malformed 'tags' parameter, expecting a JSON object whose values are strings");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  if (Object.values(value).some((one) => typeof one !== 'string')) throw malformed();
  return value as Record<string, string>;
}

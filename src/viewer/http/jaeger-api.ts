import type { IncomingMessage, ServerResponse } from 'node:http';
import { DependencyCounter } from '../query/dependencies.ts';
import { findTraces } from '../query/find-traces.ts';
import { traceMatches } from '../query/match.ts';
import {
  ParameterError,
  parseDependencyQuery,
  parseTraceId,
  parseTraceQuery,
  type TraceQuery,
} from '../query/parameters.ts';
import { traceJson } from '../query/trace-json.ts';
import type { TraceStore } from '../store/trace-store.ts';
import type { StoredTrace } from '../store/trace-table.ts';
import { sendJson, sendPieces } from './answer.ts';

interface ApiError {
  readonly code?: number;
  readonly msg: string;
  readonly traceID?: string;
}

/**
 * Answers Jaeger's query API, as tools that were made for Jaeger ask it.
 *
 * @returns whether the path is one of the API's
 * @see https://www.jaegertracing.io/docs/2.13/architecture/apis/
 */
export async function answerJaegerApi(
  store: TraceStore,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  const [api, name, id, last, ...rest] = url.pathname.slice(1).split('/');
  if (api !== 'api' || rest.length > 0) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    fail(response, 405, `${request.method} is not answered`);
    return true;
  }
  try {
    if (name === 'traces' && id === undefined) await search(store, response, url.searchParams);
    else if (name === 'traces' && id && last === undefined) await one(store, response, parseTraceId(id));
    else if (name === 'services' && id === undefined) sendData(response, store.services());
    else if (name === 'services' && id && last === 'operations') {
      const names = store.operations(decodeURIComponent(id)).map((operation) => operation.name);
      sendData(response, [...new Set(names)]);
    } else if (name === 'operations' && id === undefined) operations(store, response, url.searchParams);
    else if (name === 'dependencies' && id === undefined) await dependencies(store, response, url.searchParams);
    else fail(response, 404, `${url.pathname} is not answered here`);
  } catch (error) {
    if (!(error instanceof ParameterError || error instanceof URIError)) throw error;
    fail(response, 400, error.message);
  }
  return true;
}

function sendData(response: ServerResponse, data: readonly unknown[]): void {
  sendJson(response, 200, { data, total: data.length, limit: 0, offset: 0, errors: null });
}

function fail(response: ServerResponse, code: number, msg: string): void {
  sendJson(response, code, { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] });
}

function operations(store: TraceStore, response: ServerResponse, parameters: URLSearchParams): void {
  const service = parameters.get('service') ?? '';
  if (service === '') throw new ParameterError("parameter 'service' is required");
  sendData(response, store.operations(service, parameters.get('spanKind') ?? ''));
}

async function one(store: TraceStore, response: ServerResponse, id: string): Promise<void> {
  const trace = store.get(id);
  if (trace === undefined) fail(response, 404, 'trace not found');
  else await sendPieces(response, answerOf([trace]));
}

async function search(store: TraceStore, response: ServerResponse, parameters: URLSearchParams): Promise<void> {
  const query = parseTraceQuery(parameters, Date.now());
  if (query.traceIds.length === 0) return sendPieces(response, answerOf(found(store, query)));
  const traces = query.traceIds.map((id) => store.get(id) ?? id);
  const missing = traces.filter((trace) => typeof trace === 'string');
  const errors = missing.map((traceID) => ({ msg: 'trace not found', traceID }));
  return sendPieces(
    response,
    answerOf(
      traces.filter((trace) => typeof trace !== 'string'),
      errors,
    ),
  );
}

async function* found(store: TraceStore, query: TraceQuery): AsyncGenerator<StoredTrace, void, void> {
  let left = query.limit;
  for await (const trace of findTraces(store, (one) => traceMatches(one, query))) {
    yield trace;
    if (--left === 0) return;
  }
}

async function* answerOf(
  traces: Iterable<StoredTrace> | AsyncIterable<StoredTrace>,
  errors: readonly ApiError[] = [],
): AsyncGenerator<string, void, void> {
  yield '{"data":[';
  let separator = '';
  for await (const trace of traces) {
    yield separator;
    yield* traceJson(trace);
    separator = ',';
  }
  yield `],"total":0,"limit":0,"offset":0,"errors":${errors.length === 0 ? 'null' : JSON.stringify(errors)}}`;
}

async function dependencies(store: TraceStore, response: ServerResponse, parameters: URLSearchParams): Promise<void> {
  const { serviceName, startUs, endUs } = parseDependencyQuery(parameters, Date.now());
  const counter = new DependencyCounter();
  const isInside = ({ summary }: StoredTrace): boolean => summary.startUs > startUs && summary.endUs < endUs;
  for await (const trace of findTraces(store, isInside)) counter.add(trace);
  const links = counter.links();
  const data =
    serviceName === '' ? links : links.filter(({ parent, child }) => parent === serviceName || child === serviceName);
  sendJson(response, 200, { data, total: 0, limit: 0, offset: 0, errors: null });
}

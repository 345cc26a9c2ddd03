import type { IncomingMessage, ServerResponse } from 'node:http';
import { DecodeError } from '../decode/byte-reader.ts';
import { decodeFile } from '../open-file.ts';
import type { Shapes, ViewerInfo } from '../page-protocol.ts';
import { findTraces } from '../query/find-traces.ts';
import { listMatches, parseListQuery } from '../query/list-query.ts';
import { ParameterError, parseTraceId } from '../query/parameters.ts';
import { toShape } from '../query/shape.ts';
import { StatisticsCounter } from '../query/statistics.ts';
import type { TraceStore } from '../store/trace-store.ts';
import { sendJson, sendText } from './answer.ts';
import { EventStream } from './event-stream.ts';
import type { BodyReader } from './read-body.ts';
import { feedList, feedTrace } from './trace-feed.ts';

export interface PageApiOptions {
  readonly store: TraceStore;
  readonly bodies: BodyReader;
  readonly info: () => ViewerInfo;
}

const MAX_SHAPES = 200;
const MAX_STREAMS = 32;

/** Answers what the page asks for besides Jaeger's query API; every path begins with `/viewer/`. */
export function createPageApi({ store, bodies, info }: PageApiOptions) {
  let streams = 0;

  /** @returns whether the path is one of these */
  return async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const [, room, what, id] = url.pathname.split('/');
    if (room !== 'viewer') return false;
    try {
      await route(request, response, `${request.method} ${what}`, id, url.searchParams);
    } catch (error) {
      if (!(error instanceof ParameterError || error instanceof DecodeError)) throw error;
      sendText(response, 400, error.message);
    }
    return true;
  };

  async function route(
    request: IncomingMessage,
    response: ServerResponse,
    what: string,
    id: string | undefined,
    parameters: URLSearchParams,
  ): Promise<void> {
    if (what === 'GET info') return sendJson(response, 200, info());
    if (what === 'GET traces') {
      const query = parseListQuery(parameters);
      return stream(response, (events) => feedList(store, query, events));
    }
    if (what === 'GET trace' && id) {
      const traceId = parseTraceId(id);
      return stream(response, (events) => feedTrace(store, traceId, events));
    }
    if (what === 'GET shapes') return sendJson(response, 200, shapes(parameters.getAll('id')));
    if (what === 'GET statistics') return statistics(response, parameters);
    if (what === 'POST open') return open(request, response);
    if (what === 'DELETE traces') {
      store.clear();
      return sendJson(response, 200, {});
    }
    return sendText(response, 404, 'not found');
  }

  async function stream(response: ServerResponse, feed: (events: EventStream) => Promise<void>): Promise<void> {
    if (streams >= MAX_STREAMS) return sendText(response, 503, `${MAX_STREAMS} pages are open; close some`);
    streams++;
    response.once('close', () => streams--);
    await feed(new EventStream(response));
  }

  function shapes(ids: readonly string[]): Shapes {
    const traces = ids.slice(0, MAX_SHAPES).map((id) => store.get(id));
    return Object.fromEntries(
      traces.filter((trace) => trace !== undefined).map((trace) => [trace.summary.id, toShape(trace)]),
    );
  }

  async function statistics(response: ServerResponse, parameters: URLSearchParams): Promise<void> {
    const query = parseListQuery(parameters);
    const counter = new StatisticsCounter();
    for await (const trace of findTraces(store, (one) => listMatches(one, query))) counter.add(trace);
    sendJson(response, 200, counter.result());
  }

  async function open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodies.read(request);
    if (body.kind === 'gone') return;
    if (body.kind === 'refused') return sendText(response, body.status, body.why);
    const { spans } = decodeFile(Buffer.from(body.bytes));
    store.add(spans);
    sendJson(response, 200, { traces: [...new Set(spans.map(({ traceId }) => traceId))], spans: spans.length });
  }
}

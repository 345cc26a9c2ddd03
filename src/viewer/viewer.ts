import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, type Log } from '../core/log.ts';
import { sendJson, sendText } from './http/answer.ts';
import { isToken, refusePageRequest, TOKEN_COOKIE } from './http/guard.ts';
import { answerJaegerApi } from './http/jaeger-api.ts';
import { createPageApi } from './http/page-api.ts';
import { PageFiles } from './http/page-files.ts';
import { BodyReader } from './http/read-body.ts';
import { createReceiver } from './http/receiver.ts';
import { openFile } from './open-file.ts';
import { MemoryTable } from './store/memory-table.ts';
import { TraceStore, type StoreCounts } from './store/trace-store.ts';
import type { TraceTable } from './store/trace-table.ts';

export interface ViewerOptions {
  /** Address to listen on; default 127.0.0.1. On any other than loopback the page asks for a token. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly ports?: Partial<ViewerPorts>;
  /** Those that may be another port where theirs is taken; default: none. */
  readonly otherPorts?: readonly (keyof ViewerPorts)[];
  /** About what traces may take; default 256 MiB. The oldest go first. */
  readonly maxBytes?: number;
  /** Traces whose last span is older go; default: none do. */
  readonly maxAgeMs?: number;
  /** SQLite file that keeps the traces; default: they are in memory. */
  readonly database?: string;
  /** Where the build has put the page. */
  readonly pageDirectory?: string;
  readonly log?: Log;
  readonly version?: string;
}

export interface ViewerPorts {
  /** The page and Jaeger's query API; default 16686. */
  readonly page: number;
  /** Jaeger Thrift over HTTP; default 14268. */
  readonly thrift: number;
  /** OTLP over HTTP; default 4318. */
  readonly otlp: number;
}

export interface Viewer {
  /** Of the page, with the token in it where one is asked for. */
  readonly url: string;
  /** `…/api/traces`, for `TRACING_URL`. */
  readonly thriftUrl: string;
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlpUrl: string;
  readonly counts: StoreCounts;
  /** Takes the traces of a file, see `openFile`. */
  open(file: string): Promise<{ spans: number; traceIds: string[] }>;
  /** Ends every connection and frees the ports. */
  close(): Promise<void>;
}

/** A port that cannot be listened on, or a file that cannot be used; the message is for the user. */
export class ViewerError extends Error {}

const DEFAULT_PORTS: ViewerPorts = { page: 16686, thrift: 14268, otlp: 4318 };
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const MAX_CONNECTIONS = 512;
/** How many ports above a taken one are tried, before any free one is. */
const OTHER_PORTS = 9;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Whoever sends a request slowly has so long for it. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 5000,
};

/**
 * Starts the local viewer: receives spans, keeps the newest, answers Jaeger's query API and serves the page.
 *
 * @throws {ViewerError} where a port is taken or the database cannot be used; nothing is left listening then
 */
export async function startViewer(options: ViewerOptions = {}): Promise<Viewer> {
  const { host = '127.0.0.1', maxBytes = DEFAULT_MAX_BYTES, maxAgeMs, log = createLog({ level: 'info' }) } = options;
  const ports = { ...DEFAULT_PORTS, ...options.ports };
  const isLocal = isLoopback(host);
  const token = isLocal ? undefined : randomBytes(16).toString('hex');
  const table = await openTable(options.database);
  const store = new TraceStore(table, { maxBytes, ...(maxAgeMs === undefined ? {} : { maxAgeMs }) });
  const bodies = new BodyReader();
  const receive = createReceiver({ isLocal, bodies, log, take: (spans) => store.add(spans) });
  const pageFiles = new PageFiles(options.pageDirectory);
  const pageApi = createPageApi({ store, bodies, info });
  const servers: Server[] = [];

  async function answerPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = parseUrl(request.url);
    if (url === undefined) return sendText(response, 400, 'no such address');
    if (token !== undefined && isToken(url.searchParams.get('token'), token)) return handToken(response, url, token);
    const refusal = refusePageRequest(request, { isLocal, token });
    if (refusal) return sendText(response, refusal.status, refusal.why);
    if (await pageApi(request, response, url)) return;
    if (await answerJaegerApi(store, request, response, url)) return;
    if (request.method === 'GET' && pageFiles.answer(response, url.pathname)) return;
    sendText(response, 404, 'not found');
  }

  /** @returns the URL it listens on */
  async function listen(which: keyof ViewerPorts, handle: Handler): Promise<string> {
    const server = createServer(timeouts, (request, response) => {
      handle(request, response).catch((error: unknown) => {
        log.trouble('viewer request', `${request.method} ${request.url} failed: ${String(error)}`);
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { errors: [{ code: 500, msg: 'internal error' }] });
      });
    });
    server.maxConnections = MAX_CONNECTIONS;
    servers.push(server);
    const port = ports[which];
    const others = options.otherPorts?.includes(which) ? [...Array(OTHER_PORTS).keys()].map((i) => port + i + 1) : [];
    for (const candidate of [port, ...others, ...(others.length > 0 ? [0] : [])]) {
      const error = await tryPort(server, host, candidate);
      if (error === undefined) break;
      const isLast = candidate === (others.length > 0 ? 0 : port);
      if (error.code !== 'EADDRINUSE' || isLast) throw cannotListen(error, which, host, candidate);
    }
    const shown = host.includes(':') ? `[${host}]` : host;
    return `http://${shown}:${(server.address() as AddressInfo).port}`;
  }

  async function close(): Promise<void> {
    const ended = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const server of servers) server.closeAllConnections();
    await Promise.all(ended);
    store.close();
  }

  let urls: [page: string, thrift: string, otlp: string] = ['', '', ''];
  function info() {
    return {
      version: options.version ?? '',
      thriftUrl: `${urls[1]}/api/traces`,
      otlpUrl: urls[2],
      database: options.database ?? '',
      ...store.counts,
    };
  }

  try {
    urls = [await listen('page', answerPage), await listen('thrift', receive), await listen('otlp', receive)];
  } catch (error) {
    await close();
    throw error;
  }

  return {
    url: token === undefined ? urls[0] : `${urls[0]}/?token=${token}`,
    thriftUrl: `${urls[1]}/api/traces`,
    otlpUrl: urls[2],
    get counts() {
      return store.counts;
    },
    async open(file) {
      const { spans } = await openFile(file);
      store.add(spans);
      return { spans: spans.length, traceIds: [...new Set(spans.map(({ traceId }) => traceId))] };
    },
    close,
  };
}

async function openTable(database: string | undefined): Promise<TraceTable> {
  if (database === undefined) return new MemoryTable();
  const { SqliteTable } = await import('./store/sqlite-table.ts');
  try {
    return SqliteTable.open(database);
  } catch (error) {
    throw new ViewerError(whyNoDatabase(database, error), { cause: error });
  }
}

function whyNoDatabase(database: string, error: unknown): string {
  const { message } = error as Error;
  const why = message === 'database is locked' ? 'another viewer has it open' : message;
  return `cannot use ${database} as a database: ${why}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** @returns why it does not listen */
function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => resolve(error);
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve(undefined);
    });
  });
}

const portNames: Readonly<Record<keyof ViewerPorts, string>> = {
  page: 'the page',
  thrift: 'Jaeger Thrift',
  otlp: 'OTLP',
};

function cannotListen(error: NodeJS.ErrnoException, which: keyof ViewerPorts, host: string, port: number): ViewerError {
  const why = error.code === 'EADDRINUSE' ? 'something listens there already' : error.message;
  return new ViewerError(`cannot listen on ${host}:${port} for ${portNames[which]}: ${why}`, { cause: error });
}

function parseUrl(path = '/'): URL | undefined {
  const text = `http://viewer/${path.replace(/^\/+/, '')}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The token goes from the address into a cookie, so that it is in no link that somebody copies. */
function handToken(response: ServerResponse, url: URL, token: string): void {
  url.searchParams.delete('token');
  response.writeHead(303, {
    location: url.pathname + url.search,
    'set-cookie': `${TOKEN_COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`,
  });
  response.end();
}

import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { createLog, type Log } from '../../src/core/log.ts';
import type { Process, Span } from '../../src/viewer/span.ts';
import { MemoryTable } from '../../src/viewer/store/memory-table.ts';
import { TraceStore, type StoreLimits } from '../../src/viewer/store/trace-store.ts';
import { startViewer, type Viewer, type ViewerOptions } from '../../src/viewer/viewer.ts';
import type { Cleanup } from '../support/cleanup.ts';

export const someProcess: Process = {
  serviceName: 'gateway',
  tags: [{ key: 'namespace', type: 'string', value: 'dev' }],
};

/** A span as decoders make it, with what is given in place of what it would have. */
export function aSpan(given: Partial<Span> = {}): Span {
  return {
    traceId: '3ddb641b99358b05d2ecf5615e2620c2',
    spanId: 'b30d1c42880c11f3',
    parentSpanId: '',
    process: someProcess,
    operationName: 'GET /users/:id',
    kind: 'server',
    startUs: 1_795_367_141_837_484,
    durationNs: 2_053_000,
    isError: false,
    references: [],
    tags: [],
    logs: [],
    warnings: [],
    ...given,
  };
}

/** The n-th id of so many digits. */
export function idOf(n: number, digits: 16 | 32 = 16): string {
  return (n + 0x1000).toString(16).padStart(digits, 'a');
}

export function service(serviceName: string, tags: Process['tags'] = []): Process {
  return { serviceName, tags };
}

/** A store in memory that holds the spans. */
export function storeOf(spans: readonly Span[], limits: StoreLimits = { maxBytes: 64e6 }): TraceStore {
  const store = new TraceStore(new MemoryTable(), limits);
  store.add(spans);
  return store;
}

/** A log that keeps its lines. */
export function keptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: createLog({ level: 'info', write: (line) => void lines.push(line) }) };
}

/** A viewer on free ports, silent, that is closed after the test. */
export async function aViewer(t: Cleanup, options: ViewerOptions = {}): Promise<Viewer> {
  const viewer = await startViewer({ ports: { page: 0, thrift: 0, otlp: 0 }, log: keptLog().log, ...options });
  t.after(() => viewer.close());
  return viewer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request with any headers: `fetch` sets its own Host and Origin. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

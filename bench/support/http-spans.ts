import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Attributes, SpanKind } from '@opentelemetry/api';
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { TracerProvider as OwnTracerProvider } from '../../src/trace/tracer-provider.ts';

/** What a span says, but for ids and times. */
export interface Model {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

export interface Models {
  /** Of a server that answers `GET /` over one connection. */
  readonly hello: readonly Model[];
  /** Of a server and its client in turn, each request with a path, a connection, a user agent and a status of its own. */
  readonly various: readonly Model[];
}

const resource = resourceFromAttributes({ 'service.name': 'hello', namespace: 'bench', address: '10.0.0.1:3000' });

function keep(spans: ReadableSpan[]): SpanProcessor {
  const nothing = (): Promise<void> => Promise.resolve();
  return { onStart: () => {}, onEnd: (span) => void spans.push(span), forceFlush: nothing, shutdown: nothing };
}

/** What the official instrumentation says of real requests in this thread. */
export async function recordHttp(count: number): Promise<Models> {
  const require = createRequire(import.meta.url);
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http') as {
    HttpInstrumentation: new () => Instrumentation;
  };
  const spans: ReadableSpan[] = [];
  const tracerProvider = new TracerProvider({ resource, spanProcessors: [keep(spans)] });
  registerInstrumentations({ tracerProvider, instrumentations: [new HttpInstrumentation()] });
  // only now: it is patched when it is required
  const http = require('node:http') as typeof import('node:http');
  let answered = 0;
  const server = http.createServer((request, response) => {
    response.statusCode = request.url === '/' ? 200 : 200 + (answered++ % 200);
    response.end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function request(agent: import('node:http').Agent, path: string, userAgent: string): Promise<void> {
    const headers = { 'user-agent': userAgent };
    const sent = http.get({ host: '127.0.0.1', port, path, agent, headers });
    const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    response.resume();
    await once(response, 'close');
  }
  const one = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < count; i++) await request(one, '/', 'curl/8.5.0');
  one.destroy();
  const hello = spans.splice(0).filter(({ attributes }) => attributes['url.path'] === '/');
  for (let i = 0; i < count / 2; i++) await request(new http.Agent(), `/users/${i}/orders?page=${i * 7}`, `app/${i}`);
  const various = [...spans];
  server.close();
  return { hello, various };
}

/** Makes spans after models, ended and new each time, as the SDK's class or as our own. */
export function spanMaker(kind: 'own' | 'SDK'): (models: readonly Model[]) => ReadableSpan[] {
  let spans: ReadableSpan[] = [];
  const config = {
    resource,
    spanProcessors: [{ ...keep(spans), onEnd: (span: ReadableSpan) => void spans.push(span) }],
  };
  const provider = kind === 'own' ? new OwnTracerProvider(config) : new TracerProvider(config);
  const tracer = provider.getTracer('@opentelemetry/instrumentation-http', '0.300.0');
  return (models) => {
    spans = [];
    for (const { name, ...options } of models) tracer.startSpan(name, options).end();
    return spans;
  };
}

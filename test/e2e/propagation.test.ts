import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run, start } from '../support/run.ts';

type Headers = Readonly<Record<string, string>>;

const relay = readFileSync(new URL('./programs/relay.cjs', import.meta.url), 'utf8');
const bytes = (value: Buffer): Buffer => value;
const definition = {
  Ask: {
    path: '/test.Relay/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
} as const;

/** An untraced HTTP server and an untraced gRPC server; `seen` is what they were sent, by `http`, `fetch` and `grpc`. */
async function startTargets(t: TestContext) {
  const seen = new Map<string, Headers>();
  const server = createServer((request, response) => {
    seen.set((request.url ?? '').slice(1), request.headers as Headers);
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const grpcServer = new grpc.Server();
  grpcServer.addService(definition, {
    Ask(call: grpc.ServerUnaryCall<Buffer, Buffer>, answer: grpc.sendUnaryData<Buffer>) {
      seen.set('grpc', call.metadata.getMap() as Headers);
      answer(null, Buffer.from('ok'));
    },
  });
  const grpcPort = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    grpcServer.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
  t.after(() => {
    server.close().closeAllConnections();
    grpcServer.forceShutdown();
  });
  return { seen, ports: [String((server.address() as AddressInfo).port), String(grpcPort)] };
}

async function askByGrpc(port: string, headers: Headers): Promise<void> {
  const Client = grpc.makeClientConstructor(definition, 'Relay');
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  await new Promise<void>((resolve, reject) => {
    client['Ask']?.(Buffer.from(''), metadata, (error: Error | null) => (error ? reject(error) : resolve()));
  });
  client.close();
}

const long = '0af7651916cd43dd8448eb211c80319c';
const short = '8448eb211c80319c';
const padded = `0000000000000000${short}`;
const parent = 'b7ad6b7169203331';

interface Case {
  readonly sent: Headers;
  readonly traceId: string;
  /** What goes out, with the ids of trace and span. */
  readonly wanted: (traceId: string, spanId: string) => Headers;
}

const b3 = (traceId: string, spanId: string): Headers => ({ b3: `${traceId}-${spanId}-1` });
const b3multi = (traceId: string, spanId: string): Headers => ({
  'x-b3-traceid': traceId,
  'x-b3-spanid': spanId,
  'x-b3-sampled': '1',
});
const uber = (traceId: string, spanId: string): Headers => ({ 'uber-trace-id': `${traceId}:${spanId}:0:01` });

const cases: Readonly<Record<string, readonly Case[]>> = {
  'tracecontext,baggage': [
    {
      sent: { traceparent: `00-${long}-${parent}-01`, tracestate: 'vendor=x', baggage: 'tenant=a' },
      traceId: long,
      wanted: (traceId, spanId) => ({
        traceparent: `00-${traceId}-${spanId}-01`,
        tracestate: 'vendor=x',
        baggage: 'tenant=a',
      }),
    },
  ],
  b3: [
    { sent: { b3: `${long}-${parent}-1` }, traceId: long, wanted: b3 },
    { sent: { b3: `${short}-${parent}-1` }, traceId: padded, wanted: b3 },
    { sent: b3multi(long, parent), traceId: long, wanted: b3 },
  ],
  b3multi: [
    { sent: b3multi(long, parent), traceId: long, wanted: b3multi },
    { sent: b3multi(short, parent), traceId: padded, wanted: b3multi },
    { sent: { b3: `${long}-${parent}-1` }, traceId: long, wanted: b3multi },
  ],
  jaeger: [
    {
      sent: { 'uber-trace-id': `${long}:${parent}:0:1`, 'uberctx-tenant': 'a' },
      traceId: long,
      wanted: (traceId, spanId) => ({ ...uber(traceId, spanId), 'uberctx-tenant': 'a' }),
    },
    { sent: { 'uber-trace-id': `${short}:${parent}:0:1` }, traceId: padded, wanted: uber },
    { sent: { 'uber-trace-id': `${long}%3A${parent}%3A0%3A1` }, traceId: long, wanted: uber },
  ],
};

for (const [propagators, list] of Object.entries(cases)) {
  for (const kind of ['native', 'official']) {
    test(`${propagators} comes in by HTTP and gRPC, and goes on by http, fetch and gRPC (${kind})`, async (t) => {
      const collector = await startCollector(t);
      const { seen, ports } = await startTargets(t);
      const env = {
        TRACING_URL: collector.jaegerUrl,
        OTEL_PROPAGATORS: propagators,
        TRACING_HTTP_INSTRUMENTATION: kind,
        TRACING_GRPC_INSTRUMENTATION: kind,
        OTEL_BSP_SCHEDULE_DELAY: '20',
      };
      const args = [...importFlag(), 'relay.cjs', ...ports];
      const running = start(t, { args, cwd: app(t, { 'relay.cjs': relay }), env });
      const [, httpPort = '', grpcPort = ''] = await running.ready(/on (\d+) (\d+)/);
      const ways = {
        http: async (headers: Headers) =>
          void (await (await fetch(`http://127.0.0.1:${httpPort}`, { headers })).text()),
        grpc: (headers: Headers) => askByGrpc(grpcPort, headers),
      };
      for (const ask of Object.values(ways)) {
        for (const { sent, traceId, wanted } of list) {
          collector.spans.length = 0;
          await ask(sent);
          const spans = await collector.waitForSpans(4);
          const server = spans.find((span) => span.kind === 'server');
          assert.deepEqual([server?.traceId, server?.parentSpanId], [traceId, parent], JSON.stringify(sent));
          const clients = spans.filter(({ parentSpanId }) => parentSpanId === server?.spanId);
          assert.equal(clients.length, 3);
          const got = ['http', 'fetch', 'grpc'].map((way) => seen.get(way) ?? {});
          assert.deepEqual(
            got.map((headers) => Object.keys(wanted('', '')).map((name) => [name, headers[name]])),
            clients.map(({ spanId }) => Object.entries(wanted(traceId, spanId))),
          );
        }
        // What cannot be read is as if it were not there.
        collector.spans.length = 0;
        const [{ sent } = { sent: {} }] = list;
        await ask(Object.fromEntries(Object.keys(sent).map((name) => [name, 'what:is-this%%'])));
        const server = (await collector.waitForSpans(4)).find((span) => span.kind === 'server');
        assert.deepEqual([server?.parentSpanId, server?.traceId.length], [undefined, 32]);
      }
      running.signal('SIGTERM');
      assert.equal((await running.ended).stderr, '');
    });
  }
}

const command = `
  const http = require('http'); const { currentTraceId, withSpan } = require('otel-preload');
  const server = http.createServer((request, response) => response.end(JSON.stringify(request.headers)));
  server.listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port;
    const get = () => new Promise((resolve) => http.get(url, { agent: false }, async (response) => resolve(JSON.parse(Buffer.concat(await response.toArray())))));
    const { traceparent, tracestate, baggage } = await withSpan('build', get);
    require('net').connect(server.address().port, '127.0.0.1').end('GET / HTTP/1.0\\r\\n\\r\\n').resume().on('close', () => server.close());
    console.log(JSON.stringify([currentTraceId(), traceparent?.slice(0, 35), tracestate, baggage]));
  });`;

test('TRACEPARENT is the parent of a command’s spans, and of no request that comes in without a trace', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, { 'main.cjs': command });
  const env = { TRACING_URL: collector.jaegerUrl, TRACEPARENT: `00-${long}-${parent}-01`, TRACESTATE: 'vendor=x' };
  const all = { ...env, BAGGAGE: 'tenant=a' };
  const { stdout, stderr, code } = await run({ args: [...importFlag(), 'main.cjs'], cwd, env: all });
  assert.deepEqual([stderr, code], ['', 0]);
  assert.deepEqual(JSON.parse(stdout), [long, `00-${long}`, 'vendor=x', 'tenant=a']);
  const spans = await collector.waitForSpans(4);
  const ofTrace = spans
    .filter(({ traceId }) => traceId === long)
    .map(({ kind, name, parentSpanId }) => ({ kind, name, parentSpanId }));
  assert.deepEqual(ofTrace.map(({ kind, name }) => `${kind} ${name}`).sort(), [
    'client GET',
    'internal build',
    'server GET',
  ]);
  assert.equal(ofTrace.find(({ name }) => name === 'build')?.parentSpanId, parent);
  const others = spans.filter(({ traceId }) => traceId !== long);
  assert.deepEqual(
    others.map(({ kind, parentSpanId }) => [kind, parentSpanId]),
    [['server', undefined]],
  );
});

test('a TRACEPARENT that says not to record is followed, and one that is none is one line', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, { 'main.cjs': `require('otel-preload').withSpan('build', () => {});` });
  const build = (TRACEPARENT: string) =>
    run({ args: [...importFlag(), 'main.cjs'], cwd, env: { TRACING_URL: collector.jaegerUrl, TRACEPARENT } });
  const unsampled = await build(`00-${long}-${parent}-00`);
  assert.deepEqual([unsampled.stderr, collector.spans.length], ['', 0]);
  const wrong = await build('00-1-2-01');
  assert.equal(
    wrong.stderr,
    'otel-preload: TRACEPARENT must be 00-<trace id>-<span id>-<flags> in hexadecimal, got "00-1-2-01"; ignored\n',
  );
  assert.deepEqual(
    collector.spans.map(({ name, parentSpanId }) => [name, parentSpanId]),
    [['build', undefined]],
  );
});

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { jaegerOrSkip } from '../support/jaeger/find-jaeger.ts';
import type { QueriedSpan } from '../support/jaeger/query.ts';
import type { Jaeger } from '../support/jaeger/start-jaeger.ts';
import { startJaeger } from '../support/jaeger/start-jaeger.ts';
import { freePort } from '../support/ports.ts';
import { importFlag, run, start } from '../support/run.ts';

const proto = `syntax = "proto3"; package user;
service UserSrv { rpc GetUserInfo (User) returns (User); }
message User { int32 id = 1; string name = 2; }`;

const definition = `loadPackageDefinition(loadSync('user.proto')).user.UserSrv`;
const service = (port: number): string => `
const server = new Server();
server.addService(${definition}.service, {
  GetUserInfo: ({ request: { id } }, answer) =>
    withSpan('find user', { attributes: { 'user.id': id } }, () => answer(null, { id, name: 'Ada' })),
});
server.bindAsync('127.0.0.1:${port}', ServerCredentials.createInsecure(), () => console.log('ready'));`;
const gateway = (port: number): string => `
const users = new (${definition})('127.0.0.1:${port}', credentials.createInsecure());
const server = createServer((request, response) => {
  users.GetUserInfo({ id: Number(request.url.slice(1)) }, (error, user) => response.end(error ? error.message : user.name));
});
server.listen(0, '127.0.0.1', () => console.log('ready on ' + server.address().port));`;

const grpcNames = '{ Server, ServerCredentials, credentials, loadPackageDefinition }';
const kinds = {
  CommonJS: {
    file: 'app.cjs',
    imports: `const { createServer } = require('http'); const ${grpcNames} = require('@grpc/grpc-js');
      const { loadSync } = require('@grpc/proto-loader'); const { withSpan } = require('otel-preload');`,
  },
  ESM: {
    file: 'app.mjs',
    imports: `import { createServer } from 'node:http'; import ${grpcNames} from '@grpc/grpc-js';
      import { loadSync } from '@grpc/proto-loader'; import { withSpan } from 'otel-preload';`,
  },
} as const;

const hasNetwork = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ internal, family }) => !internal && family === 'IPv4'),
);

function chainOf(spans: readonly QueriedSpan[]): QueriedSpan[] {
  const chain: QueriedSpan[] = [];
  let next = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  while (next !== undefined) {
    chain.push(next);
    const { spanId } = next;
    next = spans.find(({ parentSpanId }) => parentSpanId === spanId);
  }
  return chain;
}

async function flagAlone(t: TestContext, jaeger: Jaeger, kind: keyof typeof kinds): Promise<void> {
  const { file, imports } = kinds[kind];
  const port = await freePort();
  const running = async (name: string, register: string, source: string) => {
    const yaml = `tracing_url: ${jaeger.thriftUrl}\nnamespace: dev\nregister:\n  name: ${name}\n${register}`;
    const cwd = app(t, { [file]: imports + source, 'user.proto': proto, 'tracing.yaml': yaml });
    const process = start(t, { args: [...importFlag(), file], cwd });
    const [, listening = ''] = await process.ready(/ready(?: on (\d+))?\n/);
    return { process, listening };
  };
  const users = await running(`user-srv-${kind}`, `  grpc_port: ${port}\n`, service(port));
  const front = await running(`gateway-${kind}`, '', gateway(port));
  const response = await fetch(`http://127.0.0.1:${front.listening}/7`);
  assert.equal(await response.text(), 'Ada');
  for (const { process } of [front, users]) {
    process.signal('SIGTERM');
    assert.equal((await process.ended).stderr, '');
  }

  const trace = await jaeger.waitForTrace(`user-srv-${kind}`, ({ spans }) => spans.length >= 4);
  const chain = chainOf(trace.spans);
  assert.deepEqual(
    chain.map(({ service: name, kind: spanKind, name: operation }) => `${name} ${spanKind} ${operation}`),
    [
      `gateway-${kind} server GET`,
      `gateway-${kind} client grpc.user.UserSrv/GetUserInfo`,
      `user-srv-${kind} server grpc.user.UserSrv/GetUserInfo`,
      `user-srv-${kind} internal find user`,
    ],
  );
  assert.equal(trace.spans.length, 4);
  const [own] = chain.slice(-1);
  assert.deepEqual([own?.tags['user.id'], own?.types['user.id']], [7, 'int64']);
  for (const { process, tags, warnings } of trace.spans) {
    // Each process has a clock of its own, and a machine that stalls lets them differ by milliseconds.
    const complaints = warnings.filter((warning) => !warning.startsWith('clock skew'));
    assert.deepEqual([process.tags['namespace'], process.types['namespace'], complaints], ['dev', 'string', []]);
    for (const key of ['namespace', 'address', 'host.name'])
      assert.equal(tags[key], undefined, `${key} is on the span`);
  }
  const address = (at: number) => String(chain[at]?.process.tags['address']);
  if (hasNetwork) {
    assert.match(address(3), new RegExp(`^\\d+\\.\\d+\\.\\d+\\.\\d+:${port}$`));
    assert.match(address(0), new RegExp(`^\\d+\\.\\d+\\.\\d+\\.\\d+:${front.listening}$`));
  }
}

test('with a real Jaeger', async (t) => {
  if (!(await jaegerOrSkip(t))) return;
  const jaeger = await startJaeger(t);

  for (const kind of ['CommonJS', 'ESM'] as const) {
    await t.test(`the flag alone traces an unchanged gRPC service and its HTTP gateway, ${kind}`, (t) =>
      flagAlone(t, jaeger, kind),
    );
  }

  const ways: Readonly<Record<string, Record<string, string>>> = {
    'Thrift over HTTP': { OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.thriftUrl },
    'Thrift over HTTP, gzip': {
      OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.thriftUrl,
      OTEL_EXPORTER_JAEGER_COMPRESSION: 'gzip',
    },
    'an agent, binary': agent(jaeger.agentBinaryPort),
    ...(await relayCompact(t, jaeger.agentCompactPort)),
    'OTLP http/protobuf': { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpUrl },
    'OTLP http/protobuf, gzip': {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpUrl,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    },
    'OTLP http/json': { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: jaeger.otlpUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    'OTLP grpc': { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpGrpcUrl, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  };
  for (const [index, [way, env]] of Object.entries(ways).entries()) {
    await t.test(`spans arrive by ${way}`, async (t) => {
      const cwd = app(t, {
        'main.mjs': `import { withSpan } from 'otel-preload';
          withSpan('outer', { attributes: { n: 7, r: 0.5, ok: true } }, () => withSpan('inner', () => {}));`,
      });
      const name = `by-${index}`;
      const all = { ...env, OTEL_SERVICE_NAME: name, TRACING_NAMESPACE: 'dev' };
      const { stderr, code } = await run({ args: [...importFlag(), 'main.mjs'], cwd, env: all });
      assert.deepEqual([stderr, code], ['', 0]);
      const { spans } = await jaeger.waitForTrace(name, ({ spans }) => spans.length === 2);
      const [outer, inner] = chainOf(spans);
      assert.deepEqual([outer?.name, inner?.name, outer?.process.tags['namespace']], ['outer', 'inner', 'dev']);
      const { n, r, ok } = outer?.types ?? {};
      assert.deepEqual([n, r, ok], ['int64', 'float64', 'bool']);
    });
  }
});

function agent(port: number, host = '127.0.0.1'): Record<string, string> {
  return { OTEL_EXPORTER_JAEGER_AGENT_HOST: host, OTEL_EXPORTER_JAEGER_AGENT_PORT: String(port) };
}

/**
 * Compact Thrift is what is sent to port 6831. The address is one where no agent of this machine listens; where there is
 * none such, this way is left out.
 */
async function relayCompact(t: TestContext, port: number): Promise<Record<string, Record<string, string>>> {
  const relay = createSocket('udp4').on('message', (packet) => relay.send(packet, port, '127.0.0.1'));
  const isBound = await new Promise<boolean>((resolve) => {
    relay.once('error', () => resolve(false)).bind(6831, '127.0.0.2', () => resolve(true));
  });
  t.after(() => void relay.close());
  return isBound ? { 'an agent, compact': agent(6831, '127.0.0.2') } : {};
}

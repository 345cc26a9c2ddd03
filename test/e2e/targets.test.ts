/** Where spans can be sent to: lists, unix sockets, TLS, proxies; from a process that lives and from one that exits. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { createServer as createTlsServer, Server as TlsServer } from 'node:tls';
import { tempDir } from '../support/app.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { startProxy } from '../support/proxy.ts';
import { arrived, program, split } from './ends.ts';

type Environment = Readonly<Record<string, string>>;

/** How an address is configured, of which kind it may be, and where in it a collector listens. */
interface Kind {
  readonly env: (address: string) => Environment;
  readonly urlOf: (collector: Collector) => string;
  readonly path: string;
  readonly certificate: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  Jaeger: {
    env: (address) => ({ TRACING_URL: address }),
    urlOf: ({ jaegerUrl }) => jaegerUrl,
    path: '/api/traces',
    certificate: 'OTEL_EXPORTER_JAEGER_CERTIFICATE',
  },
  'OTLP over HTTP': {
    env: (address) => ({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address }),
    urlOf: ({ otlpUrl }) => otlpUrl,
    path: '/v1/traces',
    certificate: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
  },
  'OTLP over gRPC': {
    env: (address) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
    urlOf: ({ grpcUrl }) => grpcUrl,
    path: '',
    certificate: 'OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE',
  },
};

const ends = {
  'an empty event loop': `end(40); console.log('done'); process.exitCode = 3;`,
  'process.exit()': `end(40); console.log('done'); process.exit(3);`,
} as const;

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Lets a server pass its connections on to a port of this machine. */
async function passOn(t: TestContext, server: Server, port: number, listen: (done: () => void) => void) {
  const sockets = new Set<Socket>();
  const passed = (socket: Socket): void => {
    const onward = connect(port, '127.0.0.1');
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => {});
    }
    socket.pipe(onward).pipe(socket);
  };
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', passed);
  await new Promise<void>(listen);
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
}

async function delivers(t: TestContext, collector: Collector, end: keyof typeof ends, env: Environment) {
  const ended = await program(t, ends[end]).traced(env);
  assert.deepEqual([ended.code, ended.stdout, split(ended).own], [3, 'done\n', '']);
  assert.deepEqual(arrived(collector), { span: 40 });
  return split(ended).said;
}

for (const [name, kind] of Object.entries(kinds)) {
  for (const end of Object.keys(ends) as (keyof typeof ends)[]) {
    suite(`${name}, ${end}`, { concurrency: 2 }, () => {
      test('the first of a list refuses connections: the second gets all', async (t) => {
        const collector = await startCollector(t, { grpc: true });
        const url = kind.urlOf(collector);
        const refusing = url.replace(`:${portOf(url)}`, `:${await refusedPort()}`);
        const said = await delivers(t, collector, end, kind.env(`${refusing},${url}`));
        if (end === 'process.exit()') assert.deepEqual(said, []);
        else
          assert.match(
            said.join(''),
            /^otel-preload: http:\S+ does not take spans: ECONNREFUSED; they go to http:\S+\n$/,
          );
      });

      test('the first of a list never answers: the second gets all within the deadline', async (t) => {
        const hole = await startCollector(t, { grpc: true, mode: 'hole' });
        const collector = await startCollector(t, { grpc: true });
        const env = kind.env(`${kind.urlOf(hole)}, ${kind.urlOf(collector)}`);
        await delivers(t, collector, end, { ...env, TRACING_FLUSH_TIMEOUT: '3000' });
      });

      test('a unix socket', async (t) => {
        const collector = await startCollector(t, { grpc: true });
        const path = join(tempDir(t), 'collector.sock');
        const server = createServer();
        await passOn(t, server, portOf(kind.urlOf(collector)), (done) => server.listen(path, done));
        assert.deepEqual(await delivers(t, collector, end, kind.env(`unix://${path}`)), []);
      });

      test('TLS with a CA of its own, behind a proxy that wants a password', async (t) => {
        const certificate = makeCertificate(t);
        if (certificate === undefined) return;
        const collector = await startCollector(t, { grpc: true });
        const server = createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] });
        const listen = (done: () => void): void => void server.listen(0, '127.0.0.1', done);
        await passOn(t, server, portOf(kind.urlOf(collector)), listen);
        const { port } = server.address() as { port: number };
        const proxy = await startProxy(t, {
          credentials: 'ada:S3cret',
          hosts: { 'collector.test:443': `127.0.0.1:${port}` },
        });
        const said = await delivers(t, collector, end, {
          ...kind.env(`https://collector.test${kind.path}`),
          [kind.certificate]: certificate.files.cert,
          HTTPS_PROXY: proxy.url.replace('//', '//ada:S3cret@'),
        });
        assert.deepEqual(said, []);
        assert.ok(proxy.asked.every((asked) => asked === 'CONNECT collector.test:443') && proxy.asked.length > 0);
      });
    });
  }
}

test('certificates are read at the start: a service that gives up its rights may not read them later', async (t) => {
  const certificate = makeCertificate(t);
  if (certificate === undefined) return;
  const collector = await startCollector(t);
  const server = createTlsServer(certificate);
  const listen = (done: () => void): void => void server.listen(0, '127.0.0.1', done);
  await passOn(t, server, portOf(collector.url), listen);
  const { port } = server.address() as { port: number };
  const ended = await program(t, `require('fs').unlinkSync(process.env.CERTIFICATE); end(40);`).traced({
    TRACING_URL: `https://localhost:${port}/api/traces`,
    OTEL_EXPORTER_JAEGER_CERTIFICATE: certificate.files.cert,
    CERTIFICATE: certificate.files.cert,
  });
  assert.deepEqual([ended.code, ended.stderr], [0, '']);
  assert.deepEqual(arrived(collector), { span: 40 });
});

for (const [name, end] of [
  ['process.exit(3)', 'process.exit(3);'],
  ['an empty loop', 'process.exitCode = 3;'],
] as const) {
  test(`over a kept connection with TLS every span arrives once at ${name}`, async (t) => {
    const certificate = makeCertificate(t);
    if (certificate === undefined) return;
    const collector = await startCollector(t);
    const server = createTlsServer(certificate);
    await passOn(t, server, portOf(collector.url), (done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const source = `end(512); setTimeout(() => { tracer.startSpan('open'); end(512, 'full'); end(40, 'rest'); ${end} }, 700);`;
    const ended = await program(t, source).traced({
      TRACING_URL: `https://localhost:${port}/api/traces`,
      OTEL_EXPORTER_JAEGER_CERTIFICATE: certificate.files.cert,
    });
    assert.deepEqual([ended.code, ended.stderr], [3, '']);
    assert.deepEqual(arrived(collector), { span: 512, full: 512, rest: 40, open: 1 });
  });

  test(`a connection that was closed while the app stood still loses nothing at ${name}`, async (t) => {
    const collector = await startCollector(t);
    let closed = 0;
    const server = createServer((socket) => {
      const close = (): void => {
        closed++;
        socket.destroy();
      };
      socket.once('data', () => setTimeout(close, 800));
    });
    await passOn(t, server, portOf(collector.url), (done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const stand = 'for (const until = Date.now() + 1500; Date.now() < until; );';
    const source = `end(512); setTimeout(() => { ${stand} end(512, 'full'); end(40, 'rest'); ${end} }, 400);`;
    const ended = await program(t, source).traced({ TRACING_URL: `http://localhost:${port}/api/traces` });
    assert.deepEqual([ended.code, ended.stderr], [3, '']);
    assert.deepEqual(arrived(collector), { span: 512, full: 512, rest: 40 });
    assert.ok(closed > 0);
  });
}

/** What `doctor` says of set-ups that are broken in one way each, with real sockets and processes. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { speaking } from '../../export/servers.ts';
import { aPayload, aSpool, spoolDirectory, unexpected } from '../../spool/support.ts';
import { tempDir } from '../../support/app.ts';
import { startCollector } from '../../support/collector.ts';
import { nodeBinary } from '../../support/node-lines.ts';
import { refusedPort } from '../../support/ports.ts';
import { startProxy } from '../../support/proxy.ts';
import { preload, testNode } from '../../support/run.ts';
import { answering, answeringStatus, doctor, healthy, type MakeSetUp, secured } from './set-up.ts';

interface Case {
  readonly setUp: MakeSetUp;
  /** All that is said and not ok, line by line. */
  readonly says: readonly RegExp[];
  /** Nothing can keep the program from running. */
  readonly runs?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'nobody listens on the port': {
    setUp: async () => ({
      env: { TRACING_URL: `http://127.0.0.1:${await refusedPort()}/api/traces` },
    }),
    says: [/^FAIL collector\.reachable: ECONNREFUSED 127\.0\.0\.1:\d+; /],
  },
  'nobody listens on localhost, seen from inside a container': {
    setUp: async () => ({
      env: { TRACING_URL: `http://localhost:${await refusedPort()}/api/traces`, container: 'docker' },
    }),
    says: [
      /^FAIL collector\.reachable: ECONNREFUSED localhost:\d+; inside a container localhost is the container itself/,
    ],
  },
  "the address of Jaeger's page": {
    setUp: answering((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')),
    says: [
      /^FAIL span\.accepted: .* answered 200 with a web page to a span; .*Jaeger takes spans on port 14268 at \/api\/traces/,
    ],
  },
  'a Jaeger URL without /api/traces': {
    setUp: async (t) => ({ env: { TRACING_URL: (await startCollector(t)).url } }),
    says: [
      /^warn config\.valid: TRACING_URL is .*, without \/api\/traces; did you mean http:\/\/127\.0\.0\.1:\d+\/api\/traces\?$/,
      /^FAIL span\.accepted: .* answered 404 .*; nobody takes spans at this path; Jaeger's is http:\/\/<host>:14268\/api\/traces$/,
    ],
  },
  'OTLP to a wrong path': {
    setUp: async (t) => ({ env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${(await startCollector(t)).url}/v1/trace` } }),
    says: [/^FAIL span\.accepted: .*\/v1\/trace answered 404 .*OTLP's is http:\/\/<host>:4318\/v1\/traces$/],
  },
  'OTLP over HTTP to the port of gRPC': {
    setUp: async (t) => ({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: (await startCollector(t, { grpc: true })).grpcUrl } }),
    says: [/^FAIL span\.accepted: .*; what answers speaks HTTP\/2, as gRPC does; use the HTTP port \(4318\)/],
  },
  'OTLP over gRPC to the port of HTTP': {
    setUp: async (t) => ({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: (await startCollector(t)).url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    }),
    says: [/^FAIL span\.accepted: .*; what answers speaks no HTTP\/2; use the gRPC port \(4317\)/],
  },
  'OTLP sent to Jaeger': {
    setUp: async (t) => ({
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: (await startCollector(t, { allowUndecodable: true })).jaegerUrl },
    }),
    says: [/^FAIL span\.accepted: .* answered 400 .*; it cannot read the body: is it Jaeger where OTLP is sent/],
  },
  'a name that nobody knows': {
    setUp: () => ({ env: { TRACING_URL: 'http://jaeger.invalid:14268/api/traces' } }),
    says: [/^FAIL collector\.resolves: (?:ENOTFOUND|EAI_AGAIN) jaeger\.invalid; /],
  },
  'a server that accepts and never answers': {
    setUp: async (t) => ({
      env: { TRACING_URL: `${await speaking(t, () => {})}api/traces`, OTEL_EXPORTER_JAEGER_TIMEOUT: '500' },
    }),
    says: [/^FAIL span\.accepted: .* no answer in time; something takes the connection and never answers/],
  },
  'a certificate for another name': {
    setUp: secured({ names: 'DNS:other.test', days: 100 }, true),
    says: [
      /^FAIL collector\.tls: ERR_TLS_CERT_ALTNAME_INVALID .*: the certificate is for DNS:other\.test; .*127\.0\.0\.1 in it$/,
    ],
  },
  'a certificate that has expired': {
    setUp: secured({ days: -1 }, true),
    says: [/^FAIL collector\.tls: CERT_HAS_EXPIRED .*: the certificate was valid until .* GMT; have it renewed/],
  },
  'a certificate of an authority that nobody trusts': {
    setUp: secured({ days: 100 }, false),
    says: [
      /^FAIL collector\.tls: DEPTH_ZERO_SELF_SIGNED_CERT .*whom nobody here trusts; name the authority's file: OTEL_EXPORTER_JAEGER_CERTIFICATE/,
    ],
  },
  'a certificate that has two days to go': {
    setUp: secured({ days: 2 }, true),
    says: [
      /^warn collector\.tls: 127\.0\.0\.1:\d+ shows a certificate that is valid until .* GMT, in 1 days; have it renewed$/,
    ],
  },
  'a collector that wants a certificate of ours': {
    setUp: secured({ days: 100 }, true, { requestCert: true, rejectUnauthorized: true }),
    says: [/^FAIL span\.accepted: .*; it wants a certificate of ours: set …_CLIENT_CERTIFICATE and …_CLIENT_KEY$/],
  },
  'https to a port without TLS': {
    setUp: async (t) => ({ env: { TRACING_URL: (await startCollector(t)).jaegerUrl.replace('http:', 'https:') } }),
    says: [/^FAIL collector\.tls: ERR_SSL_WRONG_VERSION_NUMBER .*; what answers speaks no TLS; is http:\/\/ meant/],
  },
  'a proxy that is not there': {
    setUp: async () => ({
      env: { TRACING_URL: 'http://jaeger.test/api/traces', HTTP_PROXY: `http://127.0.0.1:${await refusedPort()}` },
    }),
    says: [
      /^FAIL collector\.reachable: ECONNREFUSED the proxy 127\.0\.0\.1:\d+; nobody listens there; mend HTTP_PROXY/,
    ],
  },
  'a proxy that wants a password, before http': {
    setUp: async (t) => ({
      env: {
        TRACING_URL: 'http://jaeger.test/api/traces',
        HTTP_PROXY: (await startProxy(t, { credentials: 'a:b' })).url,
      },
    }),
    says: [/^FAIL span\.accepted: .* answered 407 .*; that is the proxy, which wants a user and a password/],
  },
  'a proxy that wants a password, before https': {
    setUp: async (t) => ({
      env: {
        TRACING_URL: 'https://jaeger.test/api/traces',
        HTTPS_PROXY: (await startProxy(t, { credentials: 'a:b' })).url,
      },
    }),
    says: [
      /^FAIL collector\.proxy: .* answered 407 to CONNECT jaeger\.test:443; it wants a user and a password: HTTPS_PROXY=/,
    ],
  },
  'answer 401': {
    setUp: answeringStatus(401),
    says: [
      /^FAIL span\.accepted: .* answered 401 .*; it wants credentials, or others: Jaeger takes them by OTEL_EXPORTER_JAEGER_USER/,
    ],
  },
  'answer 403': { setUp: answeringStatus(403), says: [/^FAIL span\.accepted: .* answered 403 .*does not let them/] },
  'answer 405': {
    setUp: answeringStatus(405),
    says: [/^FAIL span\.accepted: .* answered 405 .*it takes no POST at this path/],
  },
  'answer 413': {
    setUp: answeringStatus(413),
    says: [/^FAIL span\.accepted: .* answered 413 .*lower TRACING_MAX_PAYLOAD_BYTES/],
  },
  'answer 429': {
    setUp: answeringStatus(429, 'slow down'),
    says: [/^FAIL span\.accepted: .* answered 429 .*: slow down; .*raise its limits, or sample/],
  },
  'answer 503': {
    setUp: answeringStatus(503),
    says: [/^FAIL span\.accepted: .* answered 503 .*overloaded, starting or away/],
  },
  'a clock that is 10 minutes behind': {
    setUp: answering((request, response) => {
      response.setHeader('date', new Date(Date.now() + 600_000).toUTCString());
      request.resume().once('end', () => response.writeHead(202).end());
    }),
    says: [/^FAIL clock\.skew: this clock is 10 min behind the collector's; .*NTP/],
  },
  OTEL_SDK_DISABLED: {
    setUp: healthy({ files: { '.env': 'OTEL_SDK_DISABLED=true\n' } }),
    says: [/^FAIL tracing\.enabled: OTEL_SDK_DISABLED \(\.env:1\) is true: nothing is traced; take it away$/],
  },
  'OTEL_TRACES_EXPORTER=none': {
    setUp: healthy({ env: { OTEL_TRACES_EXPORTER: 'none' } }),
    says: [/^FAIL tracing\.enabled: OTEL_TRACES_EXPORTER is none: nothing is traced; /],
  },
  'a sampler that samples nothing': {
    setUp: healthy({ env: { OTEL_TRACES_SAMPLER: 'always_off' } }),
    says: [
      /^FAIL tracing\.sampled: OTEL_TRACES_SAMPLER is always_off: no trace is recorded; .*the test span below is sent all the same$/,
    ],
  },
  'a sampler of no part at all that follows its callers': {
    setUp: healthy({ env: { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' } }),
    says: [/^warn tracing\.sampled: .* is parentbased_traceidratio with 0: only traces that a caller has begun/],
  },
  'nobody has named the service': {
    setUp: healthy({ env: { OTEL_SERVICE_NAME: undefined } }),
    says: [/^warn service\.name: unknown_service:node: .*; set OTEL_SERVICE_NAME/],
  },
  'two APIs of different major versions': {
    setUp: healthy({
      files: {
        'node_modules/old-tracer/package.json': { name: 'old-tracer' },
        'node_modules/old-tracer/node_modules/@opentelemetry/api/package.json': { version: '0.20.0' },
      },
    }),
    says: [
      /^warn api\.copies: 2 copies: .*0\.20\.0 in .*old-tracer.*; what is made with 0\.20\.0 goes nowhere; update/,
    ],
  },
  'a YAML file that cannot be read': {
    setUp: healthy({ directories: ['tracing.yaml'] }),
    says: [
      /^FAIL config\.valid: tracing\.yaml cannot be read: EISDIR: illegal operation on a directory; going on without it$/,
    ],
  },
  'a YAML file that does not parse': {
    setUp: healthy({ files: { 'tracing.yaml': 'namespace: [dev\n' } }),
    says: [/^FAIL config\.valid: tracing\.yaml:\d+:\d+ is not YAML: /],
  },
  'a .env that cannot be read': {
    setUp: healthy({ directories: ['.env'] }),
    says: [/^FAIL config\.valid: \.env cannot be read: EISDIR/],
  },
  'TRACING_CONFIG that leads nowhere': {
    setUp: healthy({ env: { TRACING_CONFIG: 'prod.yaml' } }),
    says: [
      /^FAIL config\.valid: TRACING_CONFIG must be the path of a YAML file, got "prod\.yaml", which does not exist/,
    ],
  },
  '--config with a file that has a wrong value': {
    setUp: healthy({ args: ['--config', 'prod.yaml'], files: { 'prod.yaml': 'batch:\n  schedule_delay_ms: 5s\n' } }),
    says: [
      /^FAIL config\.valid: batch\.schedule_delay_ms \(.*prod\.yaml:2\) must be whole milliseconds ≥ 0, got "5s"; using 5000$/,
    ],
  },
  'a variable with a slip in its name': {
    setUp: healthy({ env: { TRACING_NAMESPCE: 'dev' } }),
    says: [
      /^FAIL config\.valid: TRACING_NAMESPCE is not an option; did you mean TRACING_NAMESPACE\?$|^warn config\.valid: TRACING_NAMESPCE is not an option; did you mean TRACING_NAMESPACE\?$/,
    ],
  },
  'a file in the place of the spool directory': {
    setUp: healthy({ env: { TRACING_SPOOL_DIR: 'spool' }, files: { spool: '' } }),
    says: [/^FAIL spool\.writable: ENOTDIR .*\/spool; give the directory to the user of the service/],
  },
  'spans on disk that were refused': {
    setUp: async (t) => {
      const directory = spoolDirectory(t);
      const writer = aSpool(directory);
      await writer.write(aPayload(5));
      const claim = (await writer.claim(unexpected)) ?? assert.fail();
      await writer.setAside(claim.file, 'refused');
      await writer.write(aPayload(7));
      return { env: { TRACING_URL: (await startCollector(t)).jaegerUrl, TRACING_SPOOL_DIR: directory } };
    },
    says: [/^warn spool\.state: 7 spans wait in 1 files; .*; 1 files are set aside as refused; otel-preload spool ls/],
  },
  'a unix socket that is not there': {
    setUp: (t) => ({ env: { TRACING_URL: `unix://${join(tempDir(t), 'jaeger.sock')}` } }),
    says: [/^FAIL collector\.reachable: ENOENT unix:.*jaeger\.sock; there is no such socket/],
  },
  'an agent that is not there': {
    setUp: async () => ({
      env: {
        OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1',
        OTEL_EXPORTER_JAEGER_AGENT_PORT: String(await refusedPort()),
      },
    }),
    says: [/^FAIL collector\.reachable: ECONNREFUSED udp:\/\/127\.0\.0\.1:\d+; no agent listens there/],
  },
  'the first of a list is away, the second takes spans': {
    setUp: async (t) => ({
      env: { TRACING_URL: `http://127.0.0.1:${await refusedPort()}/api/traces,${(await startCollector(t)).jaegerUrl}` },
    }),
    says: [/^warn collector\.reachable: ECONNREFUSED 127\.0\.0\.1:\d+; /],
  },
  'a query API that is not there': {
    setUp: async (t) => ({ ...(await healthy()(t)), query: `http://127.0.0.1:${await refusedPort()}` }),
    says: [
      /^FAIL span\.read_back: no query API of a Jaeger at http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED; name with --query/,
    ],
  },
  'a command without the flag': {
    setUp: healthy({ command: [testNode, 'app.js'] }),
    says: [
      /^FAIL flag\.reachable: .* app\.js starts .*app\.js without the preload: neither its flags nor NODE_OPTIONS have it; put --import/,
    ],
  },
  'a script that sets NODE_OPTIONS itself': {
    setUp: healthy({
      env: { NODE_OPTIONS: `--require ${preload}` },
      command: ['sh', '-c', `NODE_OPTIONS=--max-old-space-size=100 ${testNode} app.js`],
    }),
    says: [/^FAIL flag\.reachable: no Node\.js under sh .* has the NODE_OPTIONS of here: it sets its own/],
    runs: true,
  },
  'a flag that leads nowhere': {
    setUp: healthy({ command: [testNode, '--import', 'otel-preload/registr', 'app.js'] }),
    says: [
      /^FAIL flag\.reachable: Node\.js ends with code 1 before .*app\.js runs: Error \[ERR_PACKAGE_PATH_NOT_EXPORTED\]/,
    ],
  },
  'a program that loads the preload itself, late': {
    setUp: healthy({
      files: {
        'late.js': "require('express'); require('otel-preload/register'); require('fs').writeFileSync('ran', '');",
      },
      command: [testNode, 'late.js'],
    }),
    says: [
      /^warn flag\.reachable: .*late\.js loads .*register\.js itself, after what stands before it/,
      /^warn modules\.early: .*\bexpress\b.*: loaded before the preload; what took hold of it then is not traced/,
    ],
  },
  'another preload that comes first and loads what is to be traced': {
    setUp: healthy({
      files: { 'first.mjs': "import 'express';" },
      command: [testNode, '--import', './first.mjs', '--import', 'otel-preload/register', 'app.js'],
    }),
    says: [/^warn modules\.early: .*\bexpress\b.*; name otel-preload\/register before the other preloads/],
  },
  'a command on a Node.js that is too old': {
    setUp: async (t) => {
      const old = await nodeBinary('18.20.8');
      return await healthy({ command: [old, '--import', 'otel-preload/register', 'app.js'] })(t);
    },
    says: [
      /^FAIL node\.version: Node\.js 18\.20\.8 is older than 20\.16; the app runs untraced; use Node\.js 22, 24 or 26$/,
    ],
  },
  'TRACING_STRICT and a wrong value': {
    setUp: healthy({
      env: { TRACING_STRICT: '1', OTEL_BSP_SCHEDULE_DELAY: '5s' },
      command: [testNode, '--import', 'otel-preload/register', 'app.js'],
    }),
    says: [
      /^FAIL flag\.reachable: TRACING_STRICT ends the process with code 78 before the app runs; mend what config\.valid names$/,
      /^FAIL config\.valid: OTEL_BSP_SCHEDULE_DELAY must be whole milliseconds/,
    ],
  },
  'a command that cannot be started': {
    setUp: healthy({ command: ['/no/such/program'] }),
    says: [/^FAIL flag\.reachable: \/no\/such\/program cannot be started: spawn \/no\/such\/program ENOENT$/],
  },
};

suite('what is broken is named, with the fix, and nothing else is', { concurrency: 2 }, () => {
  for (const [name, { setUp, says, runs = false }] of Object.entries(cases)) {
    test(name, async (t) => {
      const made = await setUp(t);
      if (made === undefined) return;
      const { stdout, stderr, code, troubles, cwd } = await doctor(t, made);
      assert.equal(troubles.length, says.length, stdout);
      for (const [index, pattern] of says.entries()) assert.match(troubles[index] ?? '', pattern);
      assert.equal(code, troubles.some((line) => line.startsWith('FAIL')) ? 2 : 1);
      assert.equal(stderr, '');
      assert.equal(existsSync(join(cwd, 'ran')), runs);
    });
  }
});

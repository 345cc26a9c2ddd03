import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { app, tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { nodeBinary, nodeLines } from '../support/node-lines.ts';
import { freePorts } from '../support/ports.ts';
import { checkout, run, start, testNode, type Running } from '../support/run.ts';

const cli = `${checkout}dist/cli.js`;
const free = ['--port', '0', '--otlp-port', '0', '--thrift-port', '0'];
const saved = `${checkout}test/fixtures/oracle/jaeger-answer.json`;

interface Where {
  readonly url: string;
  readonly thriftUrl: string;
  readonly otlpUrl: string;
}

async function where(running: Running): Promise<Where> {
  const [line] = await running.ready(/^\{.*\}\n/);
  return JSON.parse(line) as Where;
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url);
  return (await response.json()) as T;
}

const program = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end('hi')).listen(0, async () => {
    const response = await fetch('http://127.0.0.1:' + server.address().port + '/hello');
    console.log(await response.text(), process.argv[2]);
    server.close();
    process.exitCode = 7;
  });`;

test('says where it listens; a signal ends it in a second: Ctrl-C with 0, others as signals do', async (t) => {
  const ports = await freePorts(3);
  const args = ['--port', '--otlp-port', '--thrift-port'].flatMap((name, i) => [name, String(ports[i])]);
  const text = start(t, { args: [cli, 'view', ...args] });
  await text.ready(
    new RegExp(
      `^Traces  http://127\\.0\\.0\\.1:${ports[0]}\nOTLP    .*:${ports[1]}\nJaeger  .*:${ports[2]}/api/traces\n$`,
    ),
  );
  const page = await fetch(`http://127.0.0.1:${ports[0]}/`);
  assert.match(await page.text(), /^<!doctype html>/);
  for (const [signal, code] of [
    ['SIGINT', 0],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const running = start(t, { args: [cli, 'view', '--json', ...free] });
    const { url } = await where(running);
    // somebody looks at the page
    void fetch(`${url}/viewer/traces`)
      .then(
        (response) => response.text(),
        () => {},
      )
      .catch(() => {});
    const startedMs = performance.now();
    running.signal(signal);
    assert.equal((await running.ended).code, code, signal);
    assert.ok(performance.now() - startedMs < 1000, signal);
  }
});

test('a command runs with the flag, its spans are kept, and it ends with its code', async (t) => {
  const dir = app(t, { 'app.mjs': program, 'package.json': { name: 'my-app', type: 'module' } });
  const database = join(tempDir(t), 'traces.db');
  const ended = await run({
    args: [cli, 'view', ...free, '--db', database, '--', testNode, 'app.mjs', '--', '-p'],
    cwd: dir,
    env: { TRACING_URL: 'http://127.0.0.1:9/api/traces', NODE_OPTIONS: '--max-old-space-size=256' },
  });
  assert.equal(ended.code, 7, ended.stderr);
  assert.equal(ended.stdout, 'hi --\n');
  assert.match(ended.stderr, /^otel-preload: traces are shown at http:\/\/127\.0\.0\.1:\d+\n$/);
  const viewer = start(t, { args: [cli, 'view', '--json', ...free, '--db', database] });
  const { url } = await where(viewer);
  assert.deepEqual((await json<{ data: string[] }>(`${url}/api/services`)).data, ['my-app']);
  const { data } = await json<{ data: { spans: { operationName: string }[] }[] }>(`${url}/api/traces?service=my-app`);
  assert.deepEqual(
    data[0]?.spans.map(({ operationName }) => operationName),
    ['GET', 'GET'],
  );
});

test('a database is one line on Node.js 20, which has no SQLite, and no line on 22, which calls it an experiment', async (t) => {
  const database = join(tempDir(t), 'traces.db');
  const [old, experimental] = await Promise.all([nodeBinary(nodeLines[0]), nodeBinary(nodeLines[1])]);
  const refused = await run({ node: old, args: [cli, 'view', '--db', database, ...free] });
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /^otel-preload: cannot use .* as a database: that needs Node\.js 22\.13 or later.*\n$/);
  const running = start(t, { node: experimental, args: [cli, 'view', '--json', '--db', database, ...free] });
  await where(running);
  running.signal('SIGINT');
  assert.deepEqual(await running.ended.then(({ code, stderr }) => [code, stderr]), [0, '']);
});

test('it runs on Node.js 20 too', async (t) => {
  const node = await nodeBinary(nodeLines[0]);
  const dir = app(t, { 'app.mjs': program, 'package.json': { name: 'old-app', type: 'module' } });
  const running = start(t, { node, args: [cli, 'view', '--json', '--keep', ...free, '--', node, 'app.mjs'], cwd: dir });
  const { url } = await where(running);
  await running.ready(/hi/);
  for (;;) {
    const { data } = await json<{ data: string[] }>(`${url}/api/services`);
    if (data.includes('old-app')) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(await (await fetch(url)).text(), /^<!doctype html>/);
});

test('with --keep the traces stay until Ctrl-C, and the code is still that of the command', async (t) => {
  const dir = app(t, { 'app.mjs': program });
  const running = start(t, { args: [cli, 'view', '--json', '--keep', ...free, '--', testNode, 'app.mjs'], cwd: dir });
  const { url } = await where(running);
  await running.ready(/hi/);
  for (;;) {
    const { traces } = await json<{ traces: number }>(`${url}/viewer/info`);
    if (traces > 0 && /ended with 7/.test(running.stderr)) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  running.signal('SIGINT');
  assert.equal((await running.ended).code, 7);
});

test('a signal ends the command too, and a command that will not end is ended', async (t) => {
  const stubborn = "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)";
  const polite = "process.on('SIGTERM', () => process.exit(5)); console.log('ready'); setInterval(() => {}, 1000)";
  for (const [source, code] of [
    [polite, 5],
    [stubborn, 137],
  ] as const) {
    const running = start(t, { args: [cli, 'view', ...free, '--', testNode, '-e', source] });
    await running.ready(/ready/);
    const startedMs = performance.now();
    running.signal('SIGTERM');
    assert.equal((await running.ended).code, code);
    assert.ok(performance.now() - startedMs < 1500);
  }
});

test('a command that cannot be started is 127, one that a signal ended 128 and the signal', async () => {
  const missing = await run({ args: [cli, 'view', ...free, '--', '/no/such/program'] });
  assert.equal(missing.code, 127);
  assert.match(missing.stderr, /otel-preload: cannot start \/no\/such\/program: there is no such program\n$/);
  const killed = await run({
    args: [cli, 'view', ...free, '--', testNode, '-e', "process.kill(process.pid, 'SIGKILL')"],
  });
  assert.equal(killed.code, 137);
});

test('files are shown, one trace at its own address; a file that is none is one line', async (t) => {
  const running = start(t, { args: [cli, 'view', '--json', ...free, saved] });
  const { url } = await where(running);
  assert.deepEqual((await json<{ data: string[] }>(`${url}/api/services`)).data, ['gateway', 'user-srv']);
  const dir = app(t, {
    'one.json': { traceID: 'abc', spans: [{ traceID: 'abc', spanID: '1', processID: 'p' }], processes: {} },
  });
  const one = start(t, { args: [cli, 'view', '--json', ...free, join(dir, 'one.json')] });
  assert.match((await where(one)).url, /^http:\/\/127\.0\.0\.1:\d+\/trace\/0000000000000abc$/);
  const missing = await run({ args: [cli, 'view', ...free, 'nothing.json'] });
  assert.deepEqual([missing.code, missing.stdout], [1, '']);
  assert.match(missing.stderr, /^otel-preload: cannot open nothing\.json: ENOENT.*\n$/);
  const wrong = await run({ args: [cli, 'view', ...free, `${checkout}package.json`] });
  assert.match(wrong.stderr, /cannot open .*package\.json: neither a trace of Jaeger/);
});

test('a port that is taken is one line, unless the viewer itself starts whoever sends there', async (t) => {
  const port = await taken(t);
  const args = ['view', '--port', '0', '--thrift-port', '0'];
  const refused = await run({ args: [cli, ...args, '--otlp-port', String(port)] });
  assert.equal(refused.code, 1);
  assert.equal(
    refused.stderr,
    `otel-preload: cannot listen on 127.0.0.1:${port} for OTLP: something listens there already\n`,
  );
});

async function taken(t: Cleanup): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

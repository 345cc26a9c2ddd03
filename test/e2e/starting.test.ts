import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, sep } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import type { ReceivedSpan } from '../support/received-span.ts';
import { checkout, importFlag, preload, requireFlag, run, testNode } from '../support/run.ts';
import { spanTree } from './span-tree.ts';
import { watch } from './watch.ts';

const major = Number(execFileSync(testNode, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));

const ways = {
  '--import': { flags: importFlag(), env: {} },
  '--require': { flags: requireFlag(), env: {} },
  'NODE_OPTIONS with --import': { flags: [], env: { NODE_OPTIONS: `--import ${preload}` } },
  'NODE_OPTIONS with --require': { flags: [], env: { NODE_OPTIONS: `--require ${preload}` } },
} as const;

for (const [way, { flags, env }] of Object.entries(ways)) {
  test(`an empty program prints nothing and connects to nobody: ${way}`, async (t) => {
    const cwd = app(t, { 'empty.cjs': '', 'empty.mjs': '' });
    const collector = await startCollector(t);
    for (const url of [undefined, collector.jaegerUrl]) {
      for (const file of ['empty.cjs', 'empty.mjs']) {
        const watched = watch(t);
        const args = [...watched.flags, ...flags, file];
        const { stdout, stderr, code } = await run({ args, cwd, env: { ...env, ...watched.env, TRACING_URL: url } });
        assert.deepEqual([stdout, stderr, code], ['', '', 0]);
        assert.deepEqual(
          watched.seen().map(({ connections }) => connections),
          [[]],
        );
      }
    }
  });
}

test('in the checkout ./register is the preload', async () => {
  for (const flag of ['--import', '--require']) {
    const traced = `process.exitCode = Symbol.for('otel-preload.runtime') in globalThis ? 0 : 1`;
    const { stdout, stderr, code } = await run({ args: [flag, './register', '-e', traced], cwd: checkout });
    assert.deepEqual([stdout, stderr, code], ['', '', 0]);
  }
});

test(
  'where files are ES modules by default ./register is the preload too',
  { skip: major > 22 && 'this Node.js has no such flag' },
  async () => {
    const flags = ['--no-warnings', '--experimental-default-type=module'];
    for (const flag of ['--import', '--require']) {
      const traced = `process.exitCode = Symbol.for('otel-preload.runtime') in globalThis ? 0 : 1`;
      const { stdout, stderr, code } = await run({ args: [...flags, flag, './register', '-e', traced], cwd: checkout });
      assert.deepEqual([stdout, stderr, code], ['', '', 0]);
    }
  },
);

test('a program without a file of its own runs as it does untraced', async () => {
  for (const { flags } of [ways['--import'], ways['--require']]) {
    const outcomes = await Promise.all([
      run({ args: [...flags, '-e', 'console.log(typeof require("http").get, typeof http, module.id)'] }),
      run({ args: [...flags, '-p', 'typeof require("module").register'] }),
      run({ args: [...flags, '--input-type=module', '-e', 'import { get } from "http"; console.log(typeof get)'] }),
      run({ args: [...flags, '-'], input: 'console.log(typeof require("node:http").get)' }),
    ]);
    assert.deepEqual(
      outcomes.map(({ stdout, stderr, code }) => [stdout, stderr, code]),
      [
        ['function object [eval]\n', '', 0],
        ['function\n', '', 0],
        ['function\n', '', 0],
        ['function\n', '', 0],
      ],
    );
  }
});

test('spans go to the configured endpoint and to no other', async (t) => {
  const collector = await startCollector(t, { agent: true });
  const cwd = app(t, {
    'main.mjs': `import http from 'node:http'; import { withSpan } from 'otel-preload'; withSpan('work', () => http.METHODS);`,
  });
  const configured: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ TRACING_URL: collector.jaegerUrl }, new RegExp(`^127\\.0\\.0\\.1:${collector.port}$`)],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, new RegExp(`^127\\.0\\.0\\.1:${collector.port}$`)],
    [
      {
        OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1',
        OTEL_EXPORTER_JAEGER_AGENT_PORT: String(collector.agentBinaryPort),
      },
      new RegExp(`^udp .*${collector.agentBinaryPort}`),
    ],
  ];
  for (const [index, [env, target]] of configured.entries()) {
    const watched = watch(t);
    const args = [...watched.flags, ...importFlag(), 'main.mjs'];
    const { stderr, code } = await run({ args, cwd, env: { ...env, ...watched.env } });
    assert.deepEqual([stderr, code], ['', 0]);
    const [seen] = watched.seen();
    const targets = [...new Set(seen?.connections)];
    assert.equal(targets.length, 1, targets.join());
    assert.match(targets[0] ?? '', target);
    assert.equal((await collector.waitForSpans(index + 1)).length, index + 1);
  }
});

test('an empty program loads no exporter, no parser, no instrumentation and no HTTP', async (t) => {
  const cwd = app(t, { 'empty.cjs': '' });
  const load = async (flags: readonly string[], env: Record<string, string>) => {
    const watched = watch(t);
    await run({ args: [...watched.flags, ...flags, 'empty.cjs'], cwd, env: { ...env, ...watched.env } });
    const [seen] = watched.seen();
    assert.ok(seen);
    return seen;
  };
  const bare = await load([], {});
  const { files, builtins } = await load(importFlag(), { TRACING_URL: 'http://127.0.0.1:1/api/traces' });
  const parts = files
    .filter((file) => file.includes(`${sep}dist${sep}`))
    .map((file) => file.slice(file.lastIndexOf(sep) + 1));
  assert.ok(parts.includes('start.js'), parts.join());
  assert.deepEqual(
    parts.filter((part) =>
      /^(?:yaml|dotenv|suggest|declarative|sampler-tree|otlp|jaeger-agent|instrumentation-|propagator|detector|console|node-sdk-full)/.test(
        part,
      ),
    ),
    [],
  );
  assert.deepEqual(
    files.filter((file) => /node_modules/.test(file)),
    [],
  );
  const heavy = /^(?:_?http|https|_http_|http2|_tls|tls|dns|child_process|cluster|inspector|zlib|internal\/http2)/;
  assert.deepEqual(
    builtins.filter((name) => heavy.test(name) && !bare.builtins.includes(name)),
    [],
  );
});

/** A program that makes one request to itself, and the spans of that. */
const selfRequest = `
  const server = http.createServer((request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port, agent: false }, (response) => response.resume().on('end', () => server.close()));
  });`;
const exchange = ['client GET', '  server GET'];

async function traced(
  t: TestContext,
  files: Readonly<Record<string, unknown>>,
  start: { args: readonly string[]; env?: Record<string, string>; node?: string },
): Promise<{ spans: readonly ReceivedSpan[]; stdout: string }> {
  const collector = await startCollector(t);
  const env = { TRACING_URL: collector.jaegerUrl, OTEL_SERVICE_NAME: 'app', ...start.env };
  const { stdout, stderr, code } = await run({ ...start, cwd: app(t, files), env });
  assert.deepEqual([stderr, code], ['', 0]);
  return { spans: collector.spans, stdout };
}

const typescript = `import http from 'node:http'; enum Unused { A } const greeting: string = 'hi'; console.log(greeting);${selfRequest}`;

for (const [way, flags] of Object.entries({
  'tsx before the preload': ['--import', 'tsx', ...importFlag()],
  'tsx after the preload': [...importFlag(), '--import', 'tsx'],
  'tsx after --require': [...requireFlag(), '--import', 'tsx'],
})) {
  test(`TypeScript, CommonJS and ESM: ${way}`, async (t) => {
    for (const file of ['main.mts', 'main.cts']) {
      const { spans, stdout } = await traced(t, { [file]: typescript }, { args: [...flags, file] });
      assert.equal(stdout, 'hi\n');
      // There a loader that comes after ours gives the main module a `require` that nobody can hook.
      const isBlind = major === 20 && file === 'main.cts' && way !== 'tsx before the preload';
      assert.deepEqual(spanTree(spans), isBlind ? [] : exchange);
    }
  });
}

test('stripped types', { skip: major < 22 && 'this Node.js does not strip types' }, async (t) => {
  const source = typescript.replace('enum Unused { A }', '');
  for (const file of ['main.mts', 'main.cts']) {
    const text =
      file === 'main.cts'
        ? source.replace("import http from 'node:http'", "const http: any = require('node:http')")
        : source;
    const flags = major === 22 ? ['--disable-warning=ExperimentalWarning'] : [];
    const { spans, stdout } = await traced(t, { [file]: text }, { args: [...flags, ...importFlag(), file] });
    assert.equal(stdout, 'hi\n');
    assert.deepEqual(spanTree(spans), exchange);
  }
});

for (const [way, { flags, env }] of Object.entries(ways)) {
  test(`worker threads, forks and cluster workers are traced once each: ${way}`, async (t) => {
    const request = `const http = require('http');${selfRequest}`;
    const files = {
      'worker.cjs': request,
      'worker.mjs': `import http from 'http';${selfRequest}`,
      'child.cjs': request,
      'main.cjs': `
        const { Worker } = require('worker_threads'); const { fork } = require('child_process'); const cluster = require('cluster');
        if (cluster.isWorker) {
          const http = require('http');
          const server = http.createServer((request, response) => response.end('ok'));
          server.listen(0, '127.0.0.1', () => {
            http.get({ port: server.address().port, agent: false }, (response) =>
              response.resume().on('end', () => cluster.worker.disconnect()));
          });
        } else {
          new Worker('./worker.cjs');
          new Worker('./worker.mjs');
          fork('./child.cjs');
          cluster.fork();
        }`,
    };
    const { spans } = await traced(t, files, { args: [...flags, 'main.cjs'], env });
    assert.deepEqual(spanTree(spans), [exchange, exchange, exchange, exchange].flat());
  });
}

test('an app that empties require.cache first is traced as any other', async (t) => {
  const main = `
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    const app = require('express')(); const http = require('http');
    app.get('/users/:id', (request, response) => response.end('ok'));
    const server = app.listen(0, '127.0.0.1', () => {
      http.get({ port: server.address().port, path: '/users/1', agent: false }, (response) =>
        response.resume().on('end', () => server.close()));
    });`;
  for (const env of [{}, { NODE_DISABLE_COMPILE_CACHE: '1' }]) {
    const { spans } = await traced(t, { 'main.cjs': main }, { args: [...importFlag(), 'main.cjs'], env });
    assert.deepEqual(spanTree(spans), ['client GET', '  server GET /users/:id', '    internal request handler']);
  }
});

test('in a directory that has been removed a program is traced too', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, {});
  const program = `const http = require('http');${selfRequest}`;
  const { stdout, stderr, code } = await run({
    node: 'sh',
    args: [
      '-c',
      'mkdir gone && cd gone && rmdir ../gone && exec "$@"',
      'sh',
      testNode,
      ...requireFlag(),
      '-e',
      program,
    ],
    cwd,
    env: { TRACING_URL: collector.jaegerUrl },
  });
  assert.deepEqual([stdout, stderr, code], ['', '', 0]);
  assert.deepEqual(spanTree(collector.spans), exchange);
});

test('npm is not traced, what it starts is', async (t) => {
  const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim());
  const watched = watch(t);
  const { spans } = await traced(
    t,
    {
      'package.json': { scripts: { start: 'node app.cjs' } },
      'app.cjs': `const http = require('http');${selfRequest}`,
    },
    {
      args: [npm, 'start'],
      env: {
        ...watched.env,
        PATH: `${dirname(testNode)}:${process.env['PATH']}`,
        NODE_OPTIONS: `${watched.flags.join(' ')} --import ${preload}`,
        npm_config_update_notifier: 'false',
        npm_config_userconfig: '/dev/null',
      },
    },
  );
  assert.deepEqual(spanTree(spans), exchange);
  const loads = (name: string) => watched.seen().find(({ argv }) => argv[1]?.includes(name))?.files ?? [];
  const isStart = (file: string): boolean => file.endsWith(`${sep}dist${sep}start.js`);
  assert.deepEqual(
    [loads('app.cjs').some(isStart), loads('npm').length > 0, loads('npm').some(isStart)],
    [true, true, false],
  );
});

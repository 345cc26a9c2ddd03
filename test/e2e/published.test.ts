import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { app, tempDir } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { install, linkPackage } from '../support/install.ts';
import { startMariadb } from '../support/mariadb-server.ts';
import type { ReceivedSpan } from '../support/received-span.ts';
import { startRedis } from '../support/redis-server.ts';
import { importFlag, requireFlag, run } from '../support/run.ts';
import { publishing } from './published-traffic.ts';

type Library = keyof typeof publishing;

/** One command each, by a module that was given as `library`. */
const commands: Readonly<Record<Library, string>> = {
  redis: `const client = library.createClient({ socket: { host: '127.0.0.1', port } });
    await client.connect();
    console.log(await client.get('key'));
    client.destroy();`,
  mysql2: `const client = library.createConnection({ host: '127.0.0.1', port, user: 'root' });
    console.log(JSON.stringify((await client.promise().query('SELECT 1 AS a'))[0]));
    await client.promise().end();`,
};

const answers: Readonly<Record<Library, string>> = { redis: 'null\n', mysql2: '[{"a":1}]\n' };
const spanNames: Readonly<Record<Library, string>> = { redis: 'redis-GET', mysql2: 'SELECT' };

/** Runs the command with each of `copies`, within a span, in one process. */
function program(library: Library, load: string): string {
  return `
    const api = require('@opentelemetry/api');
    const port = Number(process.env.PORT);
    const use = async (library) => {
      ${commands[library]}
    };
    const span = api.trace.getTracer('app').startSpan('app');
    api.context.with(api.trace.setSpan(api.context.active(), span), async () => {
      for (const copy of ${load}) await use(copy);
      span.end();
    });`;
}

const startServer = (library: Library) => (library === 'mysql2' ? startMariadb : startRedis);

async function spansOf(
  t: TestContext,
  library: Library,
  {
    cwd,
    port,
    flags = importFlag(),
    file = 'main.cjs',
    env = {},
    times = 1,
  }: {
    readonly cwd: string;
    readonly port: number;
    readonly flags?: readonly string[];
    readonly file?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly times?: number;
  },
): Promise<string[]> {
  const collector = await startCollector(t);
  const { stdout, stderr, code } = await run({
    args: [...flags, file],
    cwd,
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      TRACING_FLUSH_TIMEOUT: '10000',
      NODE_NO_WARNINGS: '1',
      PORT: String(port),
      ...env,
    },
  });
  assert.deepEqual([stdout, stderr, code], [answers[library].repeat(times), '', 0]);
  const parent = collector.spans.find(({ name }) => name === 'app')?.spanId;
  const isCommand = ({ name, parentSpanId }: ReceivedSpan): boolean =>
    name === spanNames[library] && parentSpanId === parent;
  return collector.spans.filter(isCommand).map(({ scope }) => scope.name);
}

test('a library that publishes what it does is required without anything of ours being loaded for it', async (t) => {
  const LOADED = join(tempDir(t), 'loaded.json');
  for (const library of Object.keys(publishing) as Library[]) {
    const cwd = app(t, { 'main.cjs': `require('${library}');` });
    linkPackage(cwd, await install('published', [`${library}@${publishing[library].newest}`]), library);
    const watch = ['--require', fileURLToPath(new URL('./programs/loaded.cjs', import.meta.url))];
    const env = { LOADED, TRACING_URL: 'http://127.0.0.1:1/api/traces', TRACING_FLUSH_TIMEOUT: '0' };
    const { code } = await run({ args: [...watch, ...requireFlag(), 'main.cjs'], cwd, env });
    const { files } = JSON.parse(readFileSync(LOADED, 'utf8')) as { readonly files: readonly string[] };
    assert.equal(code, 0);
    assert.ok(files.some((file) => file.endsWith('dist/start.js')));
    assert.deepEqual(
      files.filter((file) => /dist[/\\](?:native-published|instrumentation-\w+)\.js$/.test(file)),
      [],
      library,
    );
  }
});

test('ioredis, which publishes too, is traced by the official instrumentation, and a rejection that nobody handles stays one', async (t) => {
  const port = await startRedis(t);
  if (port === undefined) return;
  const cwd = app(t, {
    'main.cjs': `
      const api = require('@opentelemetry/api');
      const client = new (require('ioredis'))({ host: '127.0.0.1', port: Number(process.env.PORT) });
      process.on('unhandledRejection', ({ message }) => console.log('nobody handles', message));
      client.once('ready', () => {
        const span = api.trace.getTracer('app').startSpan('app');
        api.context.with(api.trace.setSpan(api.context.active(), span), async () => {
          await client.set('text', 'abc');
          void client.incr('text');
          await client.ping();
          setImmediate(() => {
            span.end();
            client.disconnect();
          });
        });
      });`,
  });
  linkPackage(cwd, await install('published', ['ioredis@6.0.0']), 'ioredis');
  const collector = await startCollector(t);
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
    TRACING_FLUSH_TIMEOUT: '10000',
    NODE_NO_WARNINGS: '1',
    PORT: String(port),
  };
  const bare = await run({ args: ['main.cjs'], cwd, env });
  const traced = await run({ args: [...importFlag(), 'main.cjs'], cwd, env });
  assert.match(bare.stdout, /^nobody handles ERR value is not an integer/);
  assert.deepEqual([traced.stdout, traced.stderr, traced.code], [bare.stdout, '', 0]);
  const parent = collector.spans.find(({ name }) => name === 'app')?.spanId;
  assert.deepEqual(
    collector.spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(({ scope, name, status }) => `${scope.name} ${name} ${status.code}`)
      .toSorted(),
    ['incr ERROR', 'ping UNSET', 'set UNSET'].map((span) => `@opentelemetry/instrumentation-ioredis ${span}`),
  );
});

for (const library of Object.keys(publishing) as Library[]) {
  const ours = `otel-preload/${library}`;
  const official = `@opentelemetry/instrumentation-${library}`;
  const { before, first } = publishing[library];

  test(`${library} ${first} is traced by what it publishes, ${before} by the official instrumentation, and both in one process once each`, async (t) => {
    const port = await startServer(library)(t);
    if (port === undefined) return;
    const cwd = app(t, { 'main.cjs': program(library, 'JSON.parse(process.env.COPIES).map((name) => require(name))') });
    linkPackage(cwd, await install('published', [`${library}@${before}`]), library, 'before');
    linkPackage(cwd, await install('published', [`${library}@${first}`]), library, 'first');
    for (const [copies, scopes] of [
      [['before'], [official]],
      [['first'], [ours]],
      [
        ['before', 'first'],
        [official, ours],
      ],
      [
        ['first', 'before'],
        [ours, official],
      ],
    ] as const) {
      const env = { COPIES: JSON.stringify(copies) };
      assert.deepEqual(await spansOf(t, library, { cwd, port, env, times: copies.length }), scopes, copies.join());
    }
  });

  test(`${library}: required, imported, beside an instrumentation of the app, and bundled, a command has one span; disabled none`, async (t) => {
    const port = await startServer(library)(t);
    if (port === undefined) return;
    const cwd = app(t, {
      'main.cjs': program(library, `[require('${library}')]`),
      'main.mjs': `import * as library from '${library}'; import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url); ${program(library, '[library]')}`,
      'own.cjs': `const { ${publishing[library].className}: Own } = require('${official}'); new Own(); require('./main.cjs');`,
    });
    linkPackage(cwd, await install('published', [`${library}@${publishing[library].newest}`]), library);
    assert.deepEqual(await spansOf(t, library, { cwd, port }), [ours], 'required');
    assert.deepEqual(await spansOf(t, library, { cwd, port, flags: requireFlag() }), [ours], 'required, by --require');
    assert.deepEqual(await spansOf(t, library, { cwd, port, file: 'main.mjs' }), [ours], 'imported');
    assert.deepEqual(await spansOf(t, library, { cwd, port, file: 'own.cjs' }), [ours], 'with one of its own');
    const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: library };
    assert.deepEqual(await spansOf(t, library, { cwd, port, env }), [], 'disabled');

    const build = await rolldown({ input: `${cwd}/main.cjs`, platform: 'node', logLevel: 'silent', cwd });
    await build.write({ file: `${cwd}/bundle.cjs`, format: 'cjs', codeSplitting: false });
    await build.close();
    rmSync(`${cwd}/node_modules/${library}`);
    assert.deepEqual(await spansOf(t, library, { cwd, port, file: 'bundle.cjs' }), [ours], 'bundled');
  });
}

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { rolldown } from 'rolldown';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, requireFlag, run } from '../support/run.ts';
import { describeBy, spanTree } from './span-tree.ts';

const traffic = readFileSync(new URL('./programs/fastify-traffic.cjs', import.meta.url), 'utf8');

/** How a program may come by the package. */
const forms = {
  require: [
    'main.cjs',
    `const [fastify, api] = ['fastify', '@opentelemetry/api'].map((id) => require(id));
    require('./traffic.cjs').run({ fastify, api });`,
  ],
  'default import': [
    'main.mjs',
    `import fastify from 'fastify'; import * as api from '@opentelemetry/api'; import { run } from './traffic.cjs';
    await run({ fastify, api });`,
  ],
  'named import': [
    'main.mjs',
    `import { fastify } from 'fastify'; import * as api from '@opentelemetry/api'; import { run } from './traffic.cjs';
    await run({ fastify, api });`,
  ],
} as const;

/** Of each request its server span, and what is below it. */
const tree = [
  'GET /sync/:id | /sync/:id | 200',
  '  onRequest',
  '  preHandler',
  '  handler - getSync | /sync/:id | getSync',
  '    inside',
  '    onSend',
  '  onResponse',
  'GET /async/:id | /async/:id | 200',
  '  onRequest',
  '  preHandler',
  '  handler - getAsync | /async/:id | getAsync',
  '    inside',
  '    awaited',
  '    awaited again',
  '  onSend',
  '  onResponse',
  'GET /later | /later | 200',
  '  onRequest',
  '  preHandler',
  '  handler - fastify | /later | anonymous',
  '    timer',
  '    onSend',
  '  onResponse',
  'GET /throws | /throws | 500 | failed',
  '  onRequest',
  '  preHandler',
  '  handler - fastify | /throws | anonymous | failed thrown | exception',
  '  onError',
  '  onSend',
  '  onResponse',
  'GET /rejects | /rejects | 410',
  '  onRequest',
  '  preHandler',
  '  handler - fastify | /rejects | anonymous | failed gone | exception',
  '  onError',
  '  onSend',
  '  onResponse',
  'GET /rejects/nothing | /rejects/nothing | 500 | failed',
  '  handler - fastify | /rejects/nothing | anonymous | failed undefined | exception',
  'GET /rejects/text | /rejects/text | 500 | failed',
  '  handler - fastify | /rejects/text | anonymous | failed text | exception',
  'GET /valid/:id | /valid/:id | 200',
  '  handler - fastify | /valid/:id | anonymous',
  'GET /valid/:id | /valid/:id | 400',
  'POST /body | /body | 200',
  '  handler - fastify | /body | anonymous',
  'POST /body | /body | 400',
  'PATCH /several | /several | 200',
  '  handler - handler | /several | handler',
  'GET /files/* | /files/* | 200',
  '  handler - fastify | /files/* | anonymous',
  'GET /denied/:id | /denied/:id | 401',
  'GET /stopped | /stopped | 403',
  'GET /broken/early | /broken/early | 500 | failed',
  'GET /broken/late | /broken/late | 500 | failed',
  '  handler - fastify | /broken/late | anonymous | failed hook | exception',
  'GET /missing | /missing | 404',
  '  handler - fastify | /missing | anonymous',
  'GET | 404',
  'DELETE | 404',
  'GET /stream | /stream | 200',
  '  handler - fastify | /stream | anonymous',
  'GET /hijack | /hijack | 200',
  '  handler - fastify | /hijack | anonymous',
  'GET /thenable | /thenable | 200',
  '  handler - fastify | /thenable | anonymous',
  'GET /outer | /outer | 200',
  '  handler - fastify | /outer | anonymous',
  '    handler - fastify | /inner/:id | anonymous',
  'GET /items | /items | 200',
  '  handler - items | /items | anonymous',
  'GET /items/:id | /items/:id | 200',
  '  handler - items | /items/:id | anonymous',
  'HEAD /items/:id | /items/:id | 200',
  '  handler - items | /items/:id | anonymous',
  'GET /items/:id | /items/:id | 418',
  '  handler - items | /items/:id | anonymous | failed no such item | exception',
  '  error handler',
  'GET /items/:id/sub/deep | /items/:id/sub/deep | 200',
  '  handler - deep | /items/:id/sub/deep | anonymous',
  'GET | 200',
  'GET /same | /same | 200',
  '  handler - fastify | /same | anonymous',
  'GET /same | /same | 200',
  '  handler - fastify | /same | anonymous',
  'GET /same | /same | 200',
  '  handler - fastify | /same | anonymous',
  'GET /same | /same | 200',
  '  handler - fastify | /same | anonymous',
];

const describe = describeBy('http.route', 'hook.callback.name', 'http.response.status_code');

interface Outcome {
  readonly stdout: string;
  readonly tree: string[];
}

/** @param flags none runs it without the preload */
async function runTraffic(
  t: TestContext,
  form: keyof typeof forms,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const collector = await startCollector(t);
  const [file, source] = forms[form];
  const { stdout, stderr, code } = await run({
    args: [...flags, file],
    cwd: app(t, { 'traffic.cjs': traffic, [file]: source }),
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      TRACING_FLUSH_TIMEOUT: '10000',
      NODE_NO_WARNINGS: '1',
      ...env,
    },
  });
  assert.deepEqual([stderr, code], ['', 0]);
  return {
    stdout,
    tree: spanTree(
      collector.spans.filter(({ kind }) => kind !== 'client'),
      describe,
    ),
  };
}

for (const form of Object.keys(forms) as (keyof typeof forms)[]) {
  test(`Fastify by ${form}: routes, handlers and what is outside of them, with the answers of an untraced app`, async (t) => {
    const bare = await runTraffic(t, form);
    const traced = await runTraffic(t, form, form === 'require' ? requireFlag() : importFlag());
    assert.equal(traced.stdout, bare.stdout);
    assert.deepEqual(traced.tree, tree);
  });
}

test("under OpenTelemetry's instrumentation of HTTP routes and handlers are the same", async (t) => {
  const traced = await runTraffic(t, 'require', importFlag(), { TRACING_HTTP_INSTRUMENTATION: 'official' });
  assert.deepEqual(traced.tree, tree);
});

test('where it is disabled, neither a route nor a handler has left anything', async (t) => {
  const { stdout } = await runTraffic(t, 'require');
  const traced = await runTraffic(t, 'require', importFlag(), { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fastify' });
  assert.equal(traced.stdout, stdout);
  assert.deepEqual(
    traced.tree.filter((line) => /handler - |\/:id/.test(line)),
    [],
  );
  assert.equal(traced.tree.filter((line) => line.startsWith('GET | ')).length, 29);
});

test('an app that was bundled, so that no hook sees the package, has its routes', async (t) => {
  const bundled = app(t, {
    'main.cjs': `const app = require('fastify')();
      app.get('/users/:id', async () => 'user');
      app.listen({ port: 0 }).then(async () => {
        console.log(await (await fetch('http://127.0.0.1:' + app.server.address().port + '/users/1')).text());
        await app.close();
      });`,
  });
  const build = await rolldown({ input: `${bundled}/main.cjs`, platform: 'node', logLevel: 'silent' });
  await build.write({ file: `${bundled}/bundle.cjs`, format: 'cjs', codeSplitting: false });
  await build.close();
  rmSync(`${bundled}/node_modules`, { recursive: true });
  const collector = await startCollector(t);
  const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl, TRACING_FLUSH_TIMEOUT: '10000' };
  const { stdout, code } = await run({ args: [...importFlag(), 'bundle.cjs'], cwd: bundled, env });
  assert.deepEqual([stdout, code], ['user\n', 0]);
  assert.deepEqual(spanTree(collector.spans), [
    'client GET',
    '  server GET /users/:id',
    '    internal handler - fastify',
  ]);
});

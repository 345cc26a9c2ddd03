import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { install, linkPackage } from '../support/install.ts';
import { importFlag, run } from '../support/run.ts';
import { describeBy, spanTree } from './span-tree.ts';

const traffic = readFileSync(new URL('./programs/h3-traffic.mjs', import.meta.url), 'utf8');

/** Of each request its server span, and what is below it. */
const tree = [
  'GET /sync/:id | /sync/:id | 200',
  '  middleware | /sync/:id | middleware',
  '    before',
  '    request handler - /sync/:id | /sync/:id | request_handler',
  '      inside',
  '    after',
  'HEAD /sync/:id | /sync/:id | 200',
  '  middleware | /sync/:id | middleware',
  '    before',
  '    request handler - /sync/:id | /sync/:id | request_handler',
  '      inside',
  '    after',
  'GET /async/:id | /async/:id | 200',
  '  middleware | /async/:id | middleware',
  '    before',
  '    request handler - /async/:id | /async/:id | request_handler',
  '      awaited',
  '    after',
  'GET /throws/:id | /throws/:id | 500 | failed',
  '  middleware | /throws/:id | middleware | failed thrown | exception',
  '    before',
  '    request handler - /throws/:id | /throws/:id | request_handler | failed thrown | exception',
  'GET /gone | /gone | 410',
  '  middleware | /gone | middleware | failed gone | exception',
  '    before',
  '    request handler - /gone | /gone | request_handler | failed gone | exception',
  'GET /own | /own | 200',
  '  middleware | /own | middleware',
  '    before',
  '    middleware | /own | middleware',
  '      request handler - /own | /own | request_handler',
  '    after',
  'GET /files/** | /files/** | 200',
  '  middleware | /files/** | middleware',
  '    before',
  '    request handler - /files/** | /files/** | request_handler',
  '    after',
  'POST /body | /body | 200',
  '  middleware | /body | middleware',
  '    before',
  '    request handler - /body | /body | request_handler',
  '    after',
  'GET /stream | /stream | 200',
  '  middleware | /stream | middleware',
  '    before',
  '    request handler - /stream | /stream | request_handler',
  '    after',
  'GET /outer/:id | /outer/:id | 200',
  '  middleware | /outer/:id | middleware',
  '    before',
  '    request handler - /outer/:id | /outer/:id | request_handler',
  '      middleware | /sync/:id | middleware',
  '        before',
  '        request handler - /sync/:id | /sync/:id | request_handler',
  '          inside',
  '        after',
  '    after',
  'GET /nothing | /nothing | 200',
  '  middleware | /nothing | middleware',
  '    before',
  '    request handler - /nothing | /nothing | request_handler',
  '    after',
  'GET /sub/deep/:name | /sub/deep/:name | 200',
  '  middleware | /sub/deep/:name | middleware',
  '    before',
  '    request handler - /sub/deep/:name | /sub/deep/:name | request_handler',
  '      inside',
  '    after',
  'GET /sub2/item/:id | /sub2/item/:id | 200',
  '  middleware | /sub2/item/:id | middleware',
  '    before',
  '    middleware | /sub2/item/:id | middleware',
  '      request handler - /sub2/item/:id | /sub2/item/:id | request_handler',
  '    after',
  'GET /foreign/** | /foreign/** | 200',
  '  middleware | /foreign/** | middleware',
  '    before',
  '    request handler - /foreign/** | /foreign/** | request_handler',
  '    after',
  'GET /fetched/** | /fetched/** | 200',
  '  middleware | /fetched/** | middleware',
  '    before',
  '    request handler - /fetched/** | /fetched/** | request_handler',
  '      request handler - /own/:id | /own/:id | request_handler',
  '    after',
  'GET | 200',
  '  middleware | middleware',
  '    before',
  '    middleware | middleware',
  '    after',
  'GET | 404',
  '  middleware | middleware',
  '    before',
  '    after',
];

const describe = describeBy('http.route', 'h3.type', 'http.response.status_code');

interface Outcome {
  readonly stdout: string;
  readonly tree: string[];
}

/** @param flags none runs it without the preload */
async function runTraffic(
  t: TestContext,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const collector = await startCollector(t);
  const cwd = app(t, { 'main.mjs': traffic });
  linkPackage(cwd, await install('published', ['h3@2.0.8']), 'h3');
  const { stdout, stderr, code } = await run({
    args: [...flags, 'main.mjs'],
    cwd,
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

test('h3: routes, handlers, middleware and what is inside of them, with the answers of an untraced app', async (t) => {
  const bare = await runTraffic(t);
  const traced = await runTraffic(t, importFlag());
  assert.equal(traced.stdout, bare.stdout);
  assert.deepEqual(traced.tree, tree);
});

test("under OpenTelemetry's instrumentation of HTTP routes and handlers are the same", async (t) => {
  const traced = await runTraffic(t, importFlag(), { TRACING_HTTP_INSTRUMENTATION: 'official' });
  assert.deepEqual(traced.tree, tree);
});

test('where it is disabled, neither a route nor a handler has left anything', async (t) => {
  const traced = await runTraffic(t, importFlag(), { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'h3' });
  assert.deepEqual(
    traced.tree.filter((line) => /handler|middleware|\/:id/.test(line)),
    [],
  );
  assert.equal(traced.tree.filter((line) => line.startsWith('GET | ')).length, 15);
});

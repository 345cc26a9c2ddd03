import assert from 'node:assert/strict';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { buildOnce, cachePath, runTool } from '../support/build-once.ts';
import { startCollector } from '../support/collector.ts';
import { checkout, importFlag, requireFlag, run } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { spanTree } from './span-tree.ts';

const work = `trace.getTracer('app').startActiveSpan('manual', (span) => {
  const server = http.createServer((request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port;
    await (await fetch(url)).text();
    http.get(url, { agent: false }, (response) =>
      response.resume().on('end', () => {
        span.end();
        server.close().closeAllConnections();
      }));
  });
});`;
const programs = {
  'main.cjs': `const { trace } = require('@opentelemetry/api'); const http = require('http'); ${work}`,
  'main.mjs': `import { trace } from '@opentelemetry/api'; import http from 'http'; ${work}`,
};
const tree = ['internal manual', '  client GET', '    server GET', '  client GET', '    server GET'];

/** Runs both programs; each gives the tree above and prints what `said` tells. */
async function expectTree(
  t: TestContext,
  cwd: string,
  said: RegExp,
  flags: readonly string[] = importFlag(),
): Promise<void> {
  for (const file of Object.keys(programs)) {
    const collector = await startCollector(t);
    const env = { TRACING_URL: collector.jaegerUrl, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    const { stdout, stderr, code } = await run({ args: [...flags, file], cwd, env });
    assert.match(stderr, said);
    assert.deepEqual([stdout, code], ['', 0]);
    assert.deepEqual(spanTree(collector.spans), tree);
  }
}

test('the same copy twice, by --import and --require, is there once and says nothing', (t) =>
  expectTree(t, app(t, programs), /^$/, [...importFlag(), ...requireFlag()]));

test('two copies: the second does nothing but say so, once even with a worker thread', async (t) => {
  const cwd = app(t, {
    ...programs,
    'main.cjs': `${programs['main.cjs']} new (require('worker_threads').Worker)('./worker.cjs');`,
    'worker.cjs': '',
  });
  cpSync(join(checkout, 'dist'), join(cwd, 'copy/dist'), { recursive: true });
  cpSync(join(checkout, 'register'), join(cwd, 'copy/register'));
  const said = /^otel-preload: is already running in this process; this second copy does nothing\n$/;
  await expectTree(t, cwd, said, [...importFlag(), ...importFlag(join(cwd, 'copy/register'))]);
});

const ownSdk = {
  cjs: `
    const { NodeSDK } = require('@opentelemetry/sdk-node');
    const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
    const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
    new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] }).start();`,
  mjs: `
    import { NodeSDK } from '@opentelemetry/sdk-node';
    import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
    import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
    new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] }).start();`,
};

test('an app that starts an SDK with instrumentations of its own: one line, no span twice', async (t) => {
  const cwd = app(t, {
    'main.cjs': ownSdk.cjs + programs['main.cjs'],
    'main.mjs': `import './sdk.mjs'; ${programs['main.mjs']}`,
    'sdk.mjs': ownSdk.mjs,
  });
  await expectTree(t, cwd, /^otel-preload: the app starts an OpenTelemetry SDK of its own;[^\n]*\n$/);
});

/** Puts another @opentelemetry/api beside the app; the checkout's other packages stay. */
function appWithApi(t: TestContext, api: string): string {
  const cwd = app(t, { ...programs, 'node_modules/@opentelemetry/api/package.json': '' });
  const target = join(cwd, 'node_modules/@opentelemetry/api');
  rmSync(target, { recursive: true });
  cpSync(api, target, { recursive: true, dereference: true });
  return cwd;
}

test('an app that patches http.request, counts timers and whose clock stands still sees nothing of ours', async (t) => {
  const main = `
    const http = require('http');
    const { request } = http;
    http.request = (...args) => { console.log('request'); return request(...args); };
    http.get = (...args) => { const sent = http.request(...args); sent.end(); return sent; };
    for (const name of ['setTimeout', 'setInterval', 'setImmediate'])
      globalThis[name] = () => { throw new Error('our own timer') };
    performance.now = () => 1;
    const server = http.createServer((request, response) => response.end('ok'));
    server.listen(0, '127.0.0.1', () => {
      http.get({ port: server.address().port, agent: false }, (response) => response.resume().on('end', () => server.close()));
    });
    process.on('beforeExit', () => process.exit(3));`;
  const cwd = app(t, { 'main.cjs': main });
  for (const [mode, spans, said] of [
    ['mock', 2, /^$/],
    ['hole', 0, /^otel-preload: of 2 spans for \S+ these are lost: [^\n]+\n$/],
  ] as const) {
    const collector = await startCollector(t, { mode });
    const env = { TRACING_URL: collector.jaegerUrl, OTEL_BSP_SCHEDULE_DELAY: '20' };
    const { stdout, stderr, code } = await run({ args: [...importFlag(), 'main.cjs'], cwd, env });
    assert.match(stderr, said);
    assert.deepEqual([stdout, code, collector.spans.length], ['request\n', 3, spans]);
  }
});

test('an app with an older @opentelemetry/api: its manual spans arrive', async (t) => {
  let installed: string;
  try {
    installed = await buildOnce(cachePath('otel-preload', 'api', '1.4.1'), async (unfinished) => {
      const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
      await runTool('npm', ['install', '--prefix', unfinished, ...flags, '@opentelemetry/api@1.4.1'], { cwd: '/' });
    });
  } catch (error) {
    skipOrFail(t, `no @opentelemetry/api@1.4.1: ${String(error)}`);
    return;
  }
  await expectTree(t, appWithApi(t, join(installed, 'node_modules/@opentelemetry/api')), /^$/);
});

test('an app with a newer @opentelemetry/api: one line, its manual spans arrive', async (t) => {
  const cwd = appWithApi(t, join(checkout, 'node_modules/@opentelemetry/api'));
  const version = /\b1\.10\.0\b/g;
  let changed = 0;
  for (const file of globSync('node_modules/@opentelemetry/api/**/*.{js,cjs,mjs,json}', { cwd })) {
    const text = readFileSync(join(cwd, file), 'utf8');
    if (!version.test(text)) continue;
    writeFileSync(join(cwd, file), text.replaceAll(version, '1.11.0'));
    changed++;
  }
  assert.ok(changed > 1);
  const said = /^otel-preload: the app brings @opentelemetry\/api 1\.11\.0, newer than ours; both are used\n$/;
  await expectTree(t, cwd, said);
});

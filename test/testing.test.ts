import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from './support/app.ts';
import { importFlag, run } from './support/run.ts';

const tests = `
  import assert from 'node:assert/strict';
  import http from 'node:http';
  import { test } from 'node:test';
  import { withSpan } from 'otel-preload';
  import { captureSpans } from 'otel-preload/testing';

  test('a server and its caller', async () => {
    const server = http.createServer((request, response) => withSpan('work', () => response.end('x'))).listen(0);
    await new Promise((resolve) => server.once('listening', resolve));
    const url = 'http://127.0.0.1:' + server.address().port;
    const spans = await captureSpans(async () => (await fetch(url)).text());
    assert.equal(spans.tree(), 'client GET\\n  server GET\\n    internal work');
    server.close();
    server.closeAllConnections();
  });
  test('own spans', async () => {
    const spans = await captureSpans(() => withSpan('own', { attributes: { n: 1 } }, () => {}));
    assert.equal(spans.get('own').attributes.n, 1);
  });
`;

test('under node:test with --import, spans of the app and of its libraries are captured, and nothing is sent or said', async (t) => {
  const cwd = app(t, { 'app.test.mjs': tests });
  const { stdout, stderr, code } = await run({
    args: ['--import', 'otel-preload/testing', '--test', '--test-reporter=tap', 'app.test.mjs'],
    cwd,
    env: { TRACING_URL: 'http://127.0.0.1:9/api/traces' },
  });
  assert.deepEqual([code, stderr], [0, ''], stdout);
  assert.match(stdout, /# pass 2\n/);
});

test('without a flag own spans are captured all the same', async (t) => {
  const cwd = app(t, { 'app.test.mjs': tests });
  const args = ['--test', '--test-reporter=tap', '--test-name-pattern=own spans', 'app.test.mjs'];
  const { stdout, code } = await run({ args, cwd });
  assert.equal(code, 0, stdout);
});

test('beside the preload itself it says what to do', async (t) => {
  const cwd = app(t, { 'main.mjs': `import 'otel-preload/testing';` });
  const { stderr, code } = await run({ args: [...importFlag(), 'main.mjs'], cwd });
  assert.equal(code, 1);
  assert.match(stderr, /already running and sends its spans; in tests import otel-preload\/testing in its place/);
});

test('where the runner loads modules by itself and refuses hooks, as jest does, own spans are captured', async (t) => {
  const cwd = app(t, {
    'main.cjs': `
      const Module = require('node:module');
      const refuse = () => { throw new Error('module.register() is not supported in Jest: …'); };
      Module.register = refuse;
      Module.registerHooks = refuse;
      const { captureSpans } = require('otel-preload/testing');
      const { withSpan } = require('otel-preload');
      captureSpans(() => withSpan('own', () => {})).then((spans) => console.log(spans.tree()));`,
  });
  const { stdout, stderr, code } = await run({ args: ['main.cjs'], cwd });
  assert.deepEqual([code, stdout, stderr], [0, 'internal own\n', '']);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { checkout, importFlag, run } from '../support/run.ts';

const native = { TRACING_HTTP_INSTRUMENTATION: 'native' };

/** Programs that end by an error, each by a request of its own. */
const crashes = {
  'a handler throws': `serve(() => {
    throw new TypeError('boom');
  });`,
  'a handler throws after it has written': `serve((req, res) => {
    res.write('a');
    null.property;
  });`,
  'an asynchronous handler rejects': `serve(async () => {
    await 1;
    throw new Error('boom');
  });`,
  'a timer of a handler throws': `serve(() => setTimeout(() => { throw new Error('boom'); }));`,
  'nobody listens to the error of a request': `http.get({ host: '127.0.0.1', port: 1 });`,
  'nobody listens to the error of a request in a handler': `serve(() => http.get({ host: '127.0.0.1', port: 1 }));`,
  'nobody listens to the error of a response': `serve((req, res) => {
    res.end();
    res.write('late');
  });`,
  'nobody listens to the error of a request that was destroyed': `serve(() => {}, (req) => setTimeout(() => req.destroy(new Error('boom')), 20));`,
  'the callback of a request throws': `serve((req, res) => res.end(), undefined, () => { throw new Error('boom'); });`,
};

const serve = `const http = require('node:http');
function serve(handler, sent = () => {}, callback = undefined) {
  const server = http.createServer(handler).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const req = http.get({ port, host: '127.0.0.1' }, callback);
    if (callback === undefined) req.on('response', () => {});
    sent(req);
  });
}
`;

for (const [name, code] of Object.entries(crashes)) {
  test(`where ${name}, the program prints and ends as it does untraced, and its spans arrive`, async (t) => {
    const collector = await startCollector(t);
    const cwd = app(t, { 'main.cjs': serve + code });
    const limit = '--stack-trace-limit=50';
    const bare = await run({ args: [limit, 'main.cjs'], cwd });
    const traced = await run({
      args: [...importFlag(), limit, 'main.cjs'],
      cwd,
      env: { ...native, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl },
    });
    // Of a listener's error, the stack has one line of ours: the call that has brought the context.
    const ours = traced.stderr.split('\n').filter((line) => line.includes(join(checkout, 'dist')));
    assert.ok(ours.length <= (name.startsWith('the callback') ? 1 : 0), traced.stderr);
    // Node.js 20 and 22 have a line of their own where there is an AsyncLocalStorage at all.
    const isAdded = (line: string): boolean => ours.includes(line) || line.includes('callbackTrampoline');
    const plain = (text: string): string => text.replaceAll(/(?<=127\.0\.0\.1:|port: )\d+/g, '<port>');
    const rest = traced.stderr.split('\n').filter((line) => !isAdded(line));
    assert.equal(plain(rest.join('\n')), plain(bare.stderr));
    assert.deepEqual([traced.code, traced.signal, traced.stdout], [bare.code, bare.signal, bare.stdout]);
    assert.notEqual(bare.code, 0);
    // The callback is the caller's, who has no span.
    assert.equal(
      collector.spans.some(({ error }) => error),
      !name.startsWith('the callback'),
    );
    assert.ok(collector.spans.length > 0);
  });
}

const probed = `import http from 'node:http';
import { trace } from '@opentelemetry/api';
const server = http.createServer((req, res) => {
  trace.getTracer('app').startSpan('inside').end();
  req.resume().on('end', () => {
    http.get({ port: server.address().port, path: '/ready/inner' }, (inner) => inner.resume().on('end', () => res.end()));
  });
});
const get = (path) => new Promise((resolve) => {
  if (path === '/ready/inner') throw new Error();
  http.get({ port: server.address().port, path, headers: { traceparent: 'none' } }, (res) => res.resume().on('end', resolve));
});
const inner = server.listeners('request')[0];
server.removeAllListeners('request');
server.on('request', (req, res) => (req.url === '/ready/inner' ? res.end() : inner(req, res)));
await new Promise((resolve) => server.listen(0, resolve));
const { context } = await import('@opentelemetry/api');
const { suppressTracing } = await import('@opentelemetry/core');
for (let n = 0; n < 100; n++) {
  await context.with(suppressTracing(context.active()), () => get(n % 2 === 0 ? '/healthz?n=' + n : '/ready/deep'));
}
await context.with(suppressTracing(context.active()), () => get('/real'));
server.close();
server.closeAllConnections();
`;

for (const instrumentation of ['native', 'official']) {
  for (const [source, files, env] of [
    ['the environment', {}, { TRACING_IGNORE_PATHS: '/healthz,/ready*' }],
    ['.env', { '.env': 'TRACING_IGNORE_PATHS=/healthz,/ready*\n' }, {}],
    ['YAML', { 'tracing.yaml': 'ignore_paths: [/healthz, /ready*]\n' }, {}],
  ] as const) {
    test(`100 probes and 1 request are 1 trace, with ignore_paths from ${source}, ${instrumentation}`, async (t) => {
      const collector = await startCollector(t);
      const cwd = app(t, { 'main.mjs': probed, ...files });
      const { stderr, code } = await run({
        args: [...importFlag(), 'main.mjs'],
        cwd,
        env: {
          ...env,
          TRACING_HTTP_INSTRUMENTATION: instrumentation,
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
        },
      });
      assert.deepEqual([stderr, code], ['', 0]);
      // The inner server is asked by /real only, on a path that is ignored too.
      assert.deepEqual(collector.spans.map(({ kind, name }) => `${kind} ${name}`).toSorted(), [
        'client GET',
        'internal inside',
        'server GET',
      ]);
      assert.equal(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
    });
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run } from '../support/run.ts';

test('secrets in queries, in credentials of URLs and in arguments are nowhere in what is sent', async (t) => {
  const collector = await startCollector(t);
  const cwd = app(t, {
    'main.mjs': `
      import http from 'node:http';
      const server = http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1', async () => {
        const { port } = server.address();
        const path = '/p?token=S3CRET&X-Amz-Signature=S3CRET&sig=S3CRET&page=2';
        await (await fetch('http://127.0.0.1:' + port + path)).text();
        await new Promise((resolve) => http.get('http://user:S3CRET@127.0.0.1:' + port + path, { agent: false }, (response) =>
          response.resume().on('end', resolve)));
        server.close().closeAllConnections();
      });`,
  });
  const env = { TRACING_URL: collector.jaegerUrl };
  const { stderr, code } = await run({
    args: [...importFlag(), 'main.mjs', '--api-key=S3CRET', '--token', 'S3CRET'],
    cwd,
    env,
  });
  assert.deepEqual([stderr, code], ['', 0]);
  assert.equal(collector.spans.length, 4);
  for (const span of collector.spans) {
    const found = Object.entries({ ...span.tags, ...span.resource }).filter(([, value]) =>
      JSON.stringify(value).includes('S3CRET'),
    );
    assert.deepEqual(found, [], `${span.kind} ${span.scope.name}`);
  }
  for (const { body } of collector.requests) assert.equal(Buffer.from(body).includes('S3CRET'), false);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import type { ReceivedSpan } from '../support/received-span.ts';
import { importFlag, run } from '../support/run.ts';
import { certificate } from './certificate.ts';
import { spanTree } from './span-tree.ts';

const traffic = readFileSync(new URL('./programs/http2-traffic.cjs', import.meta.url), 'utf8');

/** What tells versions, statuses and errors apart. */
function describe({ kind, name, attributes, status }: ReceivedSpan): string {
  const shown = ['network.protocol.version', 'http.response.status_code', 'error.type'].map(
    (key) => attributes[key] as string | number | undefined,
  );
  return [kind, name, ...shown, status.code].filter((one) => one !== undefined && one !== 'UNSET').join(' ');
}

const tree = [
  'internal case /body',
  '  client POST 2 200',
  '    server POST 2 200',
  '      internal in data',
  '      internal in data',
  '      internal in end',
  '      internal in finish',
  '      internal in close',
  '  internal in response',
  '  internal in end of the response',
  'internal case /fails',
  '  client GET 2 503 503 ERROR',
  '    server GET 2 503 503 ERROR',
  '      internal in end',
  '      internal in finish',
  '      internal in close',
  '  internal in response',
  '  internal in end of the response',
  'internal case /stream',
  '  client GET 2 404 404 ERROR',
  '    server GET 2 404',
  '      internal in stream',
  '  internal in response',
  '  internal in end of the response',
  'internal case /reset',
  '  client GET',
  '    server GET 2',
  '      internal in stream',
  '  internal in end of the response',
  'internal case /secure',
  '  client GET 2 200',
  '    server GET 2 200',
  '      internal by 2.0',
  '  internal in response',
  '  internal in end of the response',
  'internal case /http1',
  '  client GET 1.1 200',
  '    server GET 1.1 200',
  '      internal by 1.1',
];

for (const [form, file, source] of [
  [
    'require',
    'main.cjs',
    `require('./traffic.cjs').run({ http2: require('node:http2'), https: require('https') }, ...process.argv.slice(2));`,
  ],
  [
    'import',
    'main.mjs',
    `import * as http2 from 'node:http2'; import https from 'node:https'; import { run } from './traffic.cjs';
    await run({ http2, https }, ...process.argv.slice(2));`,
  ],
] as const) {
  test(`HTTP/2 by ${form} has spans on both sides, by requests and by streams`, async (t) => {
    const collector = await startCollector(t);
    const cwd = app(t, { 'traffic.cjs': traffic, [file]: source });
    const env = {
      TRACING_HTTP_INSTRUMENTATION: 'native',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      NODE_NO_WARNINGS: '1',
    };
    const { stdout, stderr, code } = await run({ args: [...importFlag(), file, ...certificate(t)], cwd, env });
    assert.deepEqual([stderr, code], ['', 0]);
    const plain = collector.spans.map((span) => ({ ...span, name: span.name.replace(/\?.*/, '') }));
    assert.deepEqual(spanTree(plain, describe), tree);
    const { compat } = JSON.parse(stdout) as { compat: number };
    const client = collector.spans.find(({ kind }) => kind === 'client');
    assert.equal(client?.attributes['url.full'], `http://localhost:${compat}/body?sig=REDACTED`);
    const server = collector.spans.find(({ parentSpanId }) => parentSpanId === client?.spanId);
    assert.deepEqual(
      ['url.path', 'url.query', 'server.address', 'server.port'].map((key) => server?.attributes[key]),
      ['/body', 'sig=REDACTED', 'localhost', compat],
    );
  });
}

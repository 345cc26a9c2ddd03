import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, requireFlag, run, start } from '../support/run.ts';
import { spanTree } from './span-tree.ts';

const chain = readFileSync(new URL('./programs/chain.cjs', import.meta.url), 'utf8');

for (const [kind, file, source] of [
  ['CommonJS', 'main.cjs', `require('./chain.cjs').serve({ http: require('http'), grpc: require('@grpc/grpc-js') });`],
  [
    'ESM',
    'main.mjs',
    `import http from 'node:http'; import * as grpc from '@grpc/grpc-js'; import { serve } from './chain.cjs';
    await serve({ http, grpc });`,
  ],
] as const) {
  test(`a request to A (HTTP), B (gRPC) and C (HTTP), in ${kind}, gives its client and server spans and no other`, async (t) => {
    const collector = await startCollector(t);
    const cwd = app(t, { 'chain.cjs': chain, [file]: source });
    const serve = async (name: string, portOfNext = '') => {
      const env = { TRACING_URL: collector.jaegerUrl, OTEL_SERVICE_NAME: name };
      const running = start(t, { args: [...importFlag(), file, name, portOfNext], cwd, env });
      const [, port = ''] = await running.ready(/on (\d+)/);
      return { port, running };
    };
    const c = await serve('C');
    const b = await serve('B', c.port);
    const a = await serve('A', b.port);
    const response = await fetch(`http://127.0.0.1:${a.port}/say/hello`);
    assert.equal(await response.text(), '/get/hello /fetch/hello');
    for (const { running } of [a, b, c]) {
      running.signal('SIGTERM');
      const { signal, stderr } = await running.ended;
      assert.deepEqual([signal, stderr], ['SIGTERM', '']);
    }
    assert.deepEqual(
      spanTree(collector.spans, (span) => `${span.service} ${span.kind} ${span.name}`),
      [
        'A server GET',
        '  A client grpc.test.Echo/Say',
        '    B server grpc.test.Echo/Say',
        '      B client GET',
        '        C server GET',
        '      B client GET',
        '        C server GET',
      ],
    );
    assert.equal(new Set(collector.spans.map((span) => span.traceId)).size, 1);
  });
}

const tree = [
  'client GET',
  '  server GET /say/:word',
  '    internal middleware - first',
  '    internal middleware - second',
  '    internal request handler',
  '      client grpc.test.Echo/Say',
  '        server grpc.test.Echo/Say',
  '          client GET',
  '            server GET',
  '          client GET',
  '            server GET',
];

async function treeOf(t: TestContext, file: string, source: string, flags = importFlag()): Promise<void> {
  const collector = await startCollector(t);
  const cwd = app(t, { 'chain.cjs': chain, [file]: source });
  const env = { TRACING_URL: collector.jaegerUrl, OTEL_SERVICE_NAME: 'chain' };
  const { stdout, stderr, code } = await run({ args: [...flags, file], cwd, env });
  assert.deepEqual([stdout, stderr, code], ['/get/hello /fetch/hello\n', '', 0]);
  assert.deepEqual(spanTree(collector.spans), tree);
}

const make = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
const forms: Readonly<Record<string, readonly [file: string, source: string]>> = {
  CommonJS: [
    'main.cjs',
    `const http = require('http'), express = require('express'), grpc = require('@grpc/grpc-js');
    require('./chain.cjs').chain({ http, express, grpc });`,
  ],
  'CommonJS with node:, grpc first': [
    'main.cjs',
    `const grpc = require('@grpc/grpc-js'), express = require('express'), http = require('node:http');
    require('./chain.cjs').chain({ http, express, grpc });`,
  ],
  'process.getBuiltinModule': [
    'main.cjs',
    `const http = process.getBuiltinModule('http');
    require('./chain.cjs').chain({ http, express: require('express'), grpc: require('@grpc/grpc-js') });`,
  ],
  'default imports': [
    'main.mjs',
    `import http from 'http'; import express from 'express'; import grpc from '@grpc/grpc-js';
    import { chain } from './chain.cjs';
    await chain({ http, express, grpc });`,
  ],
  'named imports, express first': [
    'main.mjs',
    `import { default as express } from 'express';
    import { loadPackageDefinition, Server, ServerCredentials, credentials } from '@grpc/grpc-js';
    import { createServer, get } from 'node:http';
    import { chain } from './chain.cjs';
    await chain({ http: { createServer, get }, express, grpc: { loadPackageDefinition, Server, ServerCredentials, credentials } });`,
  ],
  'namespace imports, grpc first': [
    'main.mjs',
    `import * as grpc from '@grpc/grpc-js'; import * as http from 'node:http'; import * as express from 'express';
    import { chain } from './chain.cjs';
    await chain({ http, express: express.default, grpc });`,
  ],
  'dynamic imports': [
    'main.mjs',
    `const { chain } = await import('./chain.cjs');
    const http = await import('http'), { default: express } = await import('express'), grpc = await import('@grpc/grpc-js');
    await chain({ http, express, grpc });`,
  ],
  'dynamic imports from CommonJS, after require': [
    'main.cjs',
    `require('express'); require('https');
    (async () => {
      const http = await import('node:http'), { default: express } = await import('express');
      const { default: grpc } = await import('@grpc/grpc-js');
      await require('./chain.cjs').chain({ http, express, grpc });
    })();`,
  ],
  'require made by createRequire, after imports': [
    'main.mjs',
    `${make} import 'node:http'; import 'express'; import '@grpc/grpc-js';
    const http = require('http'), express = require('express'), grpc = require('@grpc/grpc-js');
    await require('./chain.cjs').chain({ http, express, grpc });`,
  ],
  'imports after require': [
    'main.mjs',
    `${make} require('@grpc/grpc-js'); require('node:http'); require('express');
    const { default: http } = await import('http'), { default: express } = await import('express');
    const grpc = await import('@grpc/grpc-js');
    await require('./chain.cjs').chain({ http, express, grpc });`,
  ],
};

for (const [form, [file, source]] of Object.entries(forms)) {
  test(`http, express and @grpc/grpc-js give the same tree: ${form}`, (t) => treeOf(t, file, source));
}

test('--require gives an ESM program the same tree', (t) => {
  const [file, source] = forms['namespace imports, grpc first'] ?? ['', ''];
  return treeOf(t, file, source, requireFlag());
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '../support/app.ts';
import { importFlag, requireFlag, run } from '../support/run.ts';

const builtins = [
  'node:path',
  'node:events',
  'node:fs',
  'node:stream',
  'node:net',
  'node:dns',
  'node:http',
  'node:https',
];
const packages = [
  'yaml',
  'dotenv',
  'fast-check',
  'qs',
  'uuid',
  'fastest-levenshtein',
  '@grpc/proto-loader',
  'iconv-lite',
];
const openTelemetry = ['@opentelemetry/api', '@opentelemetry/core', '@opentelemetry/resources'];
const instrumented = ['express', 'router', '@grpc/grpc-js'];
const names = JSON.stringify([...builtins, ...packages, ...openTelemetry, ...instrumented]);

const describe = `
  const describe = (name, exports) => {
    const of = (value) => Reflect.ownKeys(value).map((key) => String(key) + ' ' + typeof value[key]).sort();
    const inner = exports.default;
    console.log(name, Object.prototype.toString.call(exports), typeof exports, of(exports));
    if (inner && /^(object|function)$/.test(typeof inner)) console.log(name, 'default', of(inner));
  };`;

/** What a program sees of modules is what it sees untraced, whether they are instrumented or not. */
const programs = {
  'import.mjs': `${describe} for (const name of ${names}) describe(name, await import(name));`,
  'require.cjs': `${describe} for (const name of ${names}) describe(name, require(name));`,
  'both.mjs': `${describe} import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);
    for (const name of ${names}) { describe(name, require(name)); describe(name, await import(name)); }`,
};

for (const file of Object.keys(programs)) {
  test(`namespaces have the keys and types that they have untraced: ${file}`, async (t) => {
    const cwd = app(t, programs);
    const env = { TRACING_URL: 'http://127.0.0.1:1/api/traces' };
    const bare = await run({ args: ['--no-warnings', file], cwd });
    assert.deepEqual([bare.stderr, bare.code], ['', 0]);
    for (const flags of [importFlag(), requireFlag()]) {
      const traced = await run({ args: ['--no-warnings', ...flags, file], cwd, env });
      assert.deepEqual([traced.stderr, traced.code], ['', 0]);
      assert.deepEqual(traced.stdout.split('\n'), bare.stdout.split('\n'));
    }
  });
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { tempDir } from '../support/app.ts';
import { runTool } from '../support/build-once.ts';
import { startCollector } from '../support/collector.ts';
import { pack } from '../support/pack.ts';
import { run, testNode } from '../support/run.ts';

const directory = tempDir({ after });

/** In an empty directory, as a user would. */
before(async () => {
  const { file } = await pack(directory);
  writeFileSync(join(directory, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
  await runTool('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', file], { cwd: directory });
});

test('at most three packages are installed, without a script to run', () => {
  const lock = JSON.parse(readFileSync(join(directory, 'node_modules/.package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  const names = Object.keys(lock.packages);
  assert.ok(names.length <= 3 && names.includes('node_modules/otel-preload'), names.join());
  assert.deepEqual(
    Object.values(lock.packages).filter(({ hasInstallScript }) => hasInstallScript),
    [],
  );
});

/** Spans of a program of its own helper, by `kind name`. */
async function spansOf(t: TestContext, flags: readonly string[], file: string, source: string): Promise<string[]> {
  const collector = await startCollector(t);
  writeFileSync(join(directory, file), source);
  const env = { TRACING_URL: collector.jaegerUrl };
  const { code, stdout, stderr } = await run({ args: [...flags, file], cwd: directory, env });
  assert.deepEqual([code, stdout, stderr], [0, 'done\n', '']);
  return collector.spans.map(({ kind, name, service }) => `${service} ${kind} ${name}`);
}

const body = `withSpan('work', () => console.log('done'));`;

for (const flag of ['--import', '--require']) {
  for (const [file, source] of [
    ['main.cjs', `const { withSpan } = require('otel-preload'); ${body}`],
    ['main.mjs', `import { withSpan } from 'otel-preload'; ${body}`],
  ] as const) {
    test(`${flag} otel-preload/register traces ${file}, which uses the helper`, async (t) => {
      assert.deepEqual(await spansOf(t, [flag, 'otel-preload/register'], file, source), ['app internal work']);
    });
  }
}

test('otel-preload/testing captures spans without the preload', async () => {
  writeFileSync(
    join(directory, 'capture.mjs'),
    `import { captureSpans } from 'otel-preload/testing'; import { withSpan } from 'otel-preload';
    const spans = await captureSpans(() => withSpan('inside', () => {})); console.log(spans.tree());`,
  );
  const { code, stdout, stderr } = await run({ args: ['capture.mjs'], cwd: directory });
  assert.deepEqual([code, stdout, stderr], [0, 'internal inside\n', '']);
});

test('the command runs by the name that npm gives it', async () => {
  const bin = join(directory, 'node_modules/.bin/otel-preload');
  const { version } = JSON.parse(readFileSync(join(directory, 'node_modules/otel-preload/package.json'), 'utf8')) as {
    readonly version: string;
  };
  const said = await run({ args: [bin, '--version'], cwd: directory });
  assert.deepEqual([said.code, said.stderr], [0, '']);
  assert.match(said.stdout, new RegExp(version.replaceAll('.', '\\.')));
  const config = await run({
    args: [bin, 'config', '--json'],
    cwd: directory,
    env: { TRACING_URL: 'http://a:1/api/traces' },
  });
  assert.equal(config.code, 0, `${testNode}: ${config.stderr}`);
  assert.match(config.stdout, /http:\/\/a:1\/api\/traces/);
});

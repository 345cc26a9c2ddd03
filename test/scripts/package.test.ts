import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { catalog } from '../../src/instrument/catalog.ts';
import { tempDir } from '../support/app.ts';
import { buildOnce, cachePath, runTool } from '../support/build-once.ts';
import { pack } from '../support/pack.ts';
import { checkout, run } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';

const MB = 1_000_000;
const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Without the hashes that change with the content. */
function named(path: string): string {
  return path.replace(/^(dist\/(?:chunk|full|cli-[\w-]+|import-hook|viewer\/page))-[\w-]{8}\./, '$1-<hash>.');
}

test('the tarball holds the bundle, types, licences, bill of materials and documents, and nothing else', async (t) => {
  const { files, size, unpackedSize } = await pack(tempDir(t));
  const parts = readdirSync(join(checkout, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((one) => /\.\w+$/.test(one) && !one.startsWith('cache'))
    .map((one) => `dist/${one}`);
  assert.deepEqual(files.filter((one) => one.startsWith('dist/')).toSorted(), parts.toSorted());
  const patterns = [
    /^dist\/(?:register|start|index|testing|cli|flush-worker|node-sdk-full|doctor-probe)\.js$/,
    new RegExp(`^dist/instrumentation-(?:${catalog.map(({ name }) => name).join('|')})\\.js$`),
    /^dist\/(?:native|detector|propagator)-\w+\.js$/,
    /^dist\/(?:yaml|dotenv|suggest|import-watch|threads|import-loader|exporting|spooling|console-tree|otlp-json-encoder|jaeger-agent-encoder|declarative|sampler-tree)\.js$/,
    /^dist\/(?:chunk|full)-<hash>\.js$/,
    /^dist\/cli-[\w-]+-<hash>\.js$/,
    /^dist\/(?:import-hook(?:-<hash>)?\.mjs|lib\/register\.js)$/,
    /^dist\/viewer\/(?:index\.html|icon\.svg|page-<hash>\.(?:js|css))$/,
    /^dist\/(?:register|index|testing|span\/[\w-]+|testing\/[\w-]+)\.d\.ts$/,
    /^dist\/(?:LICENSES\.txt|sbom\.cdx\.json)$/,
    /^docs\/[\w-]+\.(?:md|svg)$/,
    /^examples\/demo\/[\w./-]+$/,
    /^(?:CHANGELOG\.md|LICENSE|README\.md|package\.json|register)$/,
  ];
  assert.deepEqual(
    files.filter((one) => !patterns.some((pattern) => pattern.test(named(one)))),
    [],
  );
  for (const pattern of patterns)
    assert.ok(
      files.some((one) => pattern.test(named(one))),
      `none is ${pattern}`,
    );
  assert.ok(size <= 1.5 * MB, `${size} bytes to download`);
  assert.ok(unpackedSize <= 5 * MB, `${unpackedSize} bytes unpacked`);
});

test('nothing runs when it is installed, and it depends on one package', () => {
  const run = ['preinstall', 'install', 'postinstall'].filter((name) => name in manifest.scripts);
  assert.deepEqual([run, Object.keys(manifest.dependencies)], [[], ['@opentelemetry/api']]);
});

test('publint has nothing to say', async (t) => {
  const tarball = readFileSync((await pack(tempDir(t))).file);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

const ATTW = '0.18.5';

/** It brings a TypeScript of its own, so it is installed into the cache and not beside the checkout. */
async function installAttw(): Promise<string> {
  const directory = await buildOnce(cachePath('otel-preload', 'attw', ATTW), async (unfinished) => {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runTool('npm', ['install', '--prefix', unfinished, ...flags, `@arethetypeswrong/cli@${ATTW}`], { cwd: '/' });
  });
  return join(directory, 'node_modules/@arethetypeswrong/cli/dist/index.js');
}

test('attw finds the types of every entry right, however it is resolved', async (t) => {
  let attw: string;
  try {
    attw = await installAttw();
  } catch (error) {
    skipOrFail(t, `attw cannot be installed: ${String(error)}`);
    return;
  }
  const { file } = await pack(tempDir(t));
  // It ends with 1 for what it finds, the resolution of Node.js 10 included, which knows no `exports`.
  const { stdout } = await run({ node: process.execPath, args: [attw, file, '--format=json'], timeoutMs: 120_000 });
  const { problems = {} } = JSON.parse(stdout) as { problems?: Record<string, { resolutionKind?: string }[]> };
  const later = Object.values(problems)
    .flat()
    .filter(({ resolutionKind }) => resolutionKind !== 'node10');
  assert.deepEqual(later, []);
});

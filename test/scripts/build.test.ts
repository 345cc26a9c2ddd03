import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { test } from 'node:test';
import { catalog } from '../../src/instrument/catalog.ts';
import { checkout } from '../support/run.ts';

const dist = `${checkout}dist/`;

test("each row of the catalogue that is OpenTelemetry's has its part, and each part exports one class", async () => {
  for (const { name, className } of catalog) {
    if (className === undefined) continue;
    const part = (await import(`${dist}instrumentation-${name}.js`)) as { Instrumentation?: unknown };
    assert.equal(typeof part.Instrumentation, 'function', name);
  }
});

test('what apps import has types, and so has the preload', () => {
  const manifest = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as {
    exports: Record<string, { types: string; default: string } | string>;
  };
  for (const entry of Object.values(manifest.exports)) {
    for (const file of typeof entry === 'string' ? [entry] : Object.values(entry)) {
      assert.ok(existsSync(`${checkout}${file}`), file);
    }
  }
});

test('no part needs a package that is not installed with it', () => {
  // winston's is optional to its instrumentation, and the app's to bring
  const allowed = new Set(['@opentelemetry/api', '@opentelemetry/winston-transport']);
  for (const file of readdirSync(dist).filter((one) => /\.m?js$/.test(one))) {
    const code = readFileSync(dist + file, 'utf8');
    for (const [, name = ''] of code.matchAll(/\b(?:require|import)\(\s*["'`](\.*[@\w/][^"'`]*)["'`]\s*\)/g)) {
      assert.ok(name.startsWith('.') || isBuiltin(name) || allowed.has(name), `${file} needs ${name}`);
    }
  }
});

test('no file of the start and its parts has an `import()`, for which what loads them makes no provision', () => {
  for (const file of readdirSync(dist).filter((one) => one.endsWith('.js'))) {
    assert.equal(/(?<![\w.$])import\(.*/.exec(readFileSync(dist + file, 'utf8'))?.[0], undefined, file);
  }
});

test('the licence of every bundled package is in the bundle', () => {
  const licences = readFileSync(`${dist}LICENSES.txt`, 'utf8');
  for (const name of [
    '@opentelemetry/sdk-node',
    '@opentelemetry/sdk-trace',
    'dotenv',
    'yaml',
    'import-in-the-middle',
  ]) {
    assert.match(licences, new RegExp(`^${name.replaceAll(/[/.]/g, '\\$&')} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  }
});

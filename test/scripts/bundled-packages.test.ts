import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { rolldown } from 'rolldown';
import { BundledPackages } from '../../scripts/bundled-packages.ts';
import { tempDir } from '../support/app.ts';

test('those whose code is in one of two bundles are listed, a nested version by itself, and what was shaken off is not', async (t) => {
  const cwd = tempDir(t);
  const manifest = (name: string, version: string): string =>
    JSON.stringify({ name, version, license: 'MIT', type: 'module', main: 'esm/index.js', sideEffects: false });
  const files = {
    'a.js': `import { used } from 'used'; console.log(used);`,
    'b.js': `import { deep } from '@scope/outer'; import { unused } from 'unused'; console.log(deep);`,
    'node_modules/used/package.json': manifest('used', '1.0.0'),
    'node_modules/used/esm/package.json': '{"type":"module"}',
    'node_modules/used/esm/index.js': `export const used = 'used';`,
    'node_modules/@scope/outer/package.json': manifest('@scope/outer', '2.0.0'),
    'node_modules/@scope/outer/esm/index.js': `import { used } from 'used'; export const deep = [used];`,
    'node_modules/@scope/outer/node_modules/used/package.json': manifest('used', '3.0.0'),
    'node_modules/@scope/outer/node_modules/used/esm/index.js': `export const used = 'newer';`,
    'node_modules/unused/package.json': manifest('unused', '1.0.0'),
    'node_modules/unused/esm/index.js': `export const unused = 'unused';`,
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, file), text);
  }
  const packages = new BundledPackages();
  for (const input of ['a.js', 'b.js']) {
    const build = await rolldown({ cwd, input, plugins: [packages.plugin] });
    await build.generate();
    await build.close();
  }
  assert.deepEqual(
    packages.list().map(({ name, version, license }) => [name, version, license]),
    [
      ['@scope/outer', '2.0.0', 'MIT'],
      ['used', '3.0.0', 'MIT'],
      ['used', '1.0.0', 'MIT'],
    ],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCommonJsTypeScript, leaveToRequire } from '../../src/instrument/leave-to-require.ts';

test('CommonJS in TypeScript is known by what Node.js or another loader says of it', () => {
  for (const [url, format] of [
    ['file:///app/main.cts', 'commonjs-typescript'],
    ['file:///app/main.ts', 'commonjs-typescript'],
    ['file:///app/main.cts', 'commonjs'],
    ['file:///app/main.ts?namespace=1', 'commonjs'],
    ['file:///app/view.tsx', 'commonjs'],
  ] as const) {
    assert.ok(isCommonJsTypeScript(url, { format }), url);
  }
  for (const [url, format] of [
    ['file:///app/main.js', 'commonjs'],
    ['file:///app/main.cjs', 'commonjs'],
    ['file:///app.ts/main.cjs', 'commonjs'],
    ['file:///app/main.ts', 'module'],
    ['file:///app/main.mts', 'module-typescript'],
    ['node:fs', 'builtin'],
    ['file:///app/data.json', 'json'],
    ['file:///app/main.ts', undefined],
  ] as const) {
    assert.ok(!isCommonJsTypeScript(url, { format }), url);
  }
});

test('its source is left to require, everything else stays as it is', () => {
  const stays = { format: 'module', source: 'export {}', shortCircuit: true };
  assert.equal(leaveToRequire('file:///app/main.mjs', stays), stays);
  assert.deepEqual(
    leaveToRequire('file:///app/main.cts', { format: 'commonjs-typescript', source: 'x', shortCircuit: true }),
    {
      format: 'commonjs',
      source: undefined,
      shortCircuit: true,
    },
  );
});

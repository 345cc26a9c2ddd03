import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PACKAGE_MANAGERS } from '../../src/core/package-managers.ts';

test('scripts of package managers and our own command line, and none that is only called alike', () => {
  for (const script of ['npm-cli.js', 'npx', 'yarn-4.9.1.cjs', 'pnpm.cjs', 'corepack.js', 'otel-preload']) {
    assert.match(script, PACKAGE_MANAGERS);
  }
  for (const script of ['npm-app.js', 'my-yarn.cjs', 'otel-preload.js', 'otel-preload-app', 'app.js']) {
    assert.doesNotMatch(script, PACKAGE_MANAGERS);
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkApiCopies } from '../../../src/cli/doctor/check-api-copies.ts';
import { tempDir } from '../../support/app.ts';

/** A tree with these versions of the API, by the directories whose node_modules they are in. */
function tree(t: TestContext, copies: Readonly<Record<string, string>>): string {
  const root = join(tempDir(t), 'app');
  for (const [owner, version] of Object.entries(copies)) {
    const directory = join(root, owner, 'node_modules/@opentelemetry/api');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ version }));
  }
  return root;
}

test('none and one are ok, and several of one major version share a tracer', (t) => {
  assert.match(checkApiCopies(tempDir(t)).reason, /^the app brings no @opentelemetry\/api/);
  const { status, reason } = checkApiCopies(
    tree(t, { '': '1.10.0', 'node_modules/a': '1.4.1', 'node_modules/@s/b': '1.9.0' }),
  );
  assert.equal(status, 'ok');
  assert.match(reason, /^3 copies, which share one tracer: 1\.10\.0 in .*1\.9\.0 in .*1\.4\.1 in/);
});

test('a copy of another major version is a warning, even where it is the only one, or further up', (t) => {
  const alone = checkApiCopies(tree(t, { '': '0.20.0' }));
  assert.deepEqual([alone.status, alone.reason.slice(0, 7)], ['warn', '1 copy:']);
  assert.match(
    checkApiCopies(join(tree(t, { '': '2.0.0' }), 'packages/shop')).reason,
    /what is made with 2\.0\.0 goes nowhere$/,
  );
});

test("a copy that several links lead to is one, in pnpm's store too", (t) => {
  const root = tree(t, { 'node_modules/.pnpm/x@1': '1.9.0' });
  mkdirSync(join(root, 'node_modules/@opentelemetry'));
  symlinkSync('../.pnpm/x@1/node_modules/@opentelemetry/api', join(root, 'node_modules/@opentelemetry/api'));
  symlinkSync('..', join(root, 'node_modules/self'));
  assert.match(checkApiCopies(root).reason, /^1\.9\.0 in [^,]*$/);
});

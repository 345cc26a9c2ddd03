import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isOlder, packageVersion } from '../../src/instrument/package-version.ts';
import { app, tempDir } from '../support/app.ts';

test('a version is read from package.json; where there is none, there is none', () => {
  const versionIn = (manifest: unknown) => packageVersion(app({ after }, { 'package.json': manifest }));
  assert.equal(versionIn({ version: '1.2.3' }), '1.2.3');
  for (const manifest of [{}, { version: 1 }, 'no JSON']) assert.equal(versionIn(manifest), undefined);
  assert.equal(packageVersion(tempDir({ after })), undefined);
});

test('versions are compared number by number', () => {
  for (const older of ['5.11.9', '5.9.0', '4.99.99', '0.0.1', '5.11.0-next.1'])
    assert.ok(isOlder(older, '5.12.0'), older);
  for (const not of ['5.12.0', '5.12.1', '5.100.0', '6.0.0', '10.0.0', '5.12.0-next.1+build.5', 'x.y.z']) {
    assert.ok(!isOlder(not, '5.12.0'), not);
  }
});

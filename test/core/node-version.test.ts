import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeTrouble } from '../../src/core/node-version.ts';

test('from 20.16 on, but for 21 and 22.0 to 22.2, a Node.js can be traced', () => {
  for (const version of ['20.16.0', '20.20.2', '22.3.0', '23.0.0', '24.21.0', '26.10.0']) {
    assert.equal(nodeTrouble(version), undefined, version);
  }
  for (const version of ['16.20.2', '18.20.8', '20.15.1']) {
    assert.equal(nodeTrouble(version), `Node.js ${version} is older than 20.16`);
  }
  for (const version of ['21.7.3', '22.0.0', '22.2.0']) {
    assert.equal(nodeTrouble(version), `Node.js ${version} has no process.getBuiltinModule, as 22.3 has`);
  }
});

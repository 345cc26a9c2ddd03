import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNode } from '../../../src/cli/doctor/check-node.ts';

test('tested lines are ok, others a warning, and what cannot be traced a failure', () => {
  const statusOf = (version: string): string => checkNode(version).status;
  assert.deepEqual(['20.20.2', '22.23.3', '24.21.0', '26.10.0'].map(statusOf), ['ok', 'ok', 'ok', 'ok']);
  assert.deepEqual(['23.11.0', '25.2.0'].map(statusOf), ['warn', 'warn']);
  assert.deepEqual(['18.20.8', '20.15.1', '22.2.0'].map(statusOf), ['fail', 'fail', 'fail']);
  assert.equal(
    checkNode('22.2.0').reason,
    'Node.js 22.2.0 has no process.getBuiltinModule, as 22.3 has; the app runs untraced',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withEnvironment } from '../../src/config/environment.ts';

test('variables are set and hidden while it runs, and afterwards are as they were', () => {
  process.env['CONFIG_TEST_A'] = 'a';
  process.env['CONFIG_TEST_B'] = 'b';
  const before = { ...process.env };
  const seen = withEnvironment({ CONFIG_TEST_A: 'x', CONFIG_TEST_B: undefined, CONFIG_TEST_C: 'c' }, () => [
    process.env['CONFIG_TEST_A'],
    'CONFIG_TEST_B' in process.env,
    process.env['CONFIG_TEST_C'],
  ]);
  assert.deepEqual(seen, ['x', false, 'c']);
  assert.deepEqual({ ...process.env }, before);
  assert.ok(!('CONFIG_TEST_C' in process.env));
});

test('they are back after an exception too', () => {
  const before = { ...process.env };
  assert.throws(() => withEnvironment({ CONFIG_TEST_D: 'd' }, () => assert.fail('no')), /no/);
  assert.deepEqual({ ...process.env }, before);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, fail, ok, warn, worstOf } from '../../../src/cli/doctor/finding.ts';

test('the worst decides: 0, 1 with a warning, 2 with a failure', () => {
  const [good, bad, worse] = [ok('a', 'x'), warn('b', 'y'), fail('c', 'z', 'mend it')];
  assert.deepEqual([[], [good], [good, bad], [bad, worse, good]].map(exitCodeOf), [0, 0, 1, 2]);
  assert.deepEqual([[], [bad], [worse, bad]].map(worstOf), ['ok', 'warn', 'fail']);
});

test('a finding without a fix has none', () => {
  assert.deepEqual(warn('b', 'y'), { check: 'b', status: 'warn', reason: 'y' });
  assert.deepEqual(fail('c', 'z', 'mend it'), { check: 'c', status: 'fail', reason: 'z', fix: 'mend it' });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchers } from '../../src/testing/matchers.ts';
import { threeAndOne } from './support.ts';

test('toHaveSpan passes where a span is like the pattern, and says what there is', () => {
  const found = matchers.toHaveSpan(threeAndOne, { name: 'SELECT', status: 'error' });
  assert.equal(found.pass, true);
  assert.match(found.message(), /^expected no span like .*SELECT.* among\nserver GET/);
  const missing = matchers.toHaveSpan(threeAndOne, 'INSERT');
  assert.equal(missing.pass, false);
  assert.match(missing.message(), /^expected a span like "INSERT" among\nserver GET/);
});

test('toHaveSpanTree compares trees, whatever the indentation of the text in the test', () => {
  const same = `
        server GET /users/:id
          internal find user
            client SELECT (error: timeout)
        internal log
  `;
  assert.equal(matchers.toHaveSpanTree(threeAndOne, same).pass, true);
  const other = matchers.toHaveSpanTree(threeAndOne, same.replace('find', 'lose'));
  assert.equal(other.pass, false);
  assert.match(
    other.message(),
    /^expected the tree\nserver GET \/users\/:id\n {2}internal lose user\n[^]*\ngot\nserver/,
  );
});

test('anything else is an error that says so', () => {
  assert.throws(() => matchers.toHaveSpan([], 'x'), /expected what captureSpans\(\) gave/);
});

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { loadBuiltin } from '../../src/core/builtin.ts';

test('builtins are Node.js’s own, whatever has become of require', () => {
  assert.equal(loadBuiltin('node:http'), http);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok, warn } from '../../../src/cli/doctor/finding.ts';
import { renderFinding, renderSummary } from '../../../src/cli/doctor/render-finding.ts';

test('one line each, whatever the reason has in it, its fix behind it', () => {
  assert.equal(renderFinding(ok('node.version', 'Node.js 24'), false), 'ok   node.version: Node.js 24\n');
  assert.equal(renderFinding(fail('a.b', 'no\n  such', 'make\none'), false), 'FAIL a.b: no such; make one\n');
});

test('only the word is coloured, and only where that is wanted', () => {
  assert.equal(renderFinding(warn('a', 'b', 'c'), true), '\u001b[33mwarn\u001b[39m a: b; c\n');
  assert.ok(renderFinding(fail('a', 'b'), true).startsWith('\u001b[31mFAIL\u001b[39m a'));
});

test('the summary counts', () => {
  assert.equal(renderSummary([ok('a', ''), ok('b', '')]), 'All 2 checks are ok.\n');
  assert.equal(renderSummary([ok('a', ''), warn('b', ''), fail('c', '')]), '1 failed, 1 with a warning, 1 ok.\n');
});

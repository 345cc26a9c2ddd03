import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantsColour } from '../../src/cli/wants-colour.ts';

const terminal = { isTTY: true, hasColors: () => true };
const dumb = { isTTY: true, hasColors: () => false };
/** What `process.stdout` is where it is a pipe. */
const pipe = {} as typeof terminal;

test('a terminal that knows colours is coloured; a pipe is not', () => {
  assert.deepEqual(
    [terminal, dumb, pipe].map((stream) => wantsColour(stream, {})),
    [true, false, false],
  );
});

test('NO_COLOR switches it off unless it is empty; FORCE_COLOR goes before both', () => {
  assert.equal(wantsColour(terminal, { NO_COLOR: '1' }), false);
  assert.equal(wantsColour(terminal, { NO_COLOR: '' }), true);
  for (const yes of ['', '1', '3', 'true']) {
    assert.equal(wantsColour(pipe, { FORCE_COLOR: yes, NO_COLOR: '1' }), true, yes);
  }
  for (const no of ['0', 'false']) assert.equal(wantsColour(terminal, { FORCE_COLOR: no }), false, no);
});

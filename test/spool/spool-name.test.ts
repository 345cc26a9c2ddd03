import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFileName, toFileName, type SpoolName } from '../../src/spool/spool-name.ts';

const name: SpoolName = {
  writtenAtMs: Date.UTC(2026, 0, 2),
  writer: '3fa81c02',
  sequence: 40,
  spans: 512,
  format: 'jaeger-agent-binary',
  state: 'spool',
};

test('what a name says can be read from it', () => {
  assert.equal(toFileName(name), '0mjw3xmo0-3fa81c02-014.512.jaeger-agent-binary.spool');
  assert.deepEqual(parseFileName(toFileName(name)), name);
});

test('the order of names is the order of age', () => {
  const times = [0, 35, 36, 1e9, 1e12, Date.now(), 9e13];
  const names = times.map((writtenAtMs) => toFileName({ ...name, writtenAtMs }));
  assert.deepEqual(names.toSorted(), names);
});

test('other names are none of ours', () => {
  const good = toFileName(name);
  for (const other of [
    '',
    '.',
    'README',
    `${good}.bak`,
    `x${good}`,
    good.replace('.512.', '.many.'),
    good.toUpperCase(),
  ])
    assert.equal(parseFileName(other), undefined, other);
});

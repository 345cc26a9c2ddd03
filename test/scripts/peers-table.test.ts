import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { putPeers, renderPeers } from '../../scripts/peers-table.ts';
import { checkout } from '../support/run.ts';

test('the README has what bench/results say; npm run generate writes it', () => {
  const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
  assert.equal(readme, putPeers(readme, renderPeers()));
});

const machine = 'Any Processor, 2 cores; Node.js 24.21.0; app alone on one core; sources of abc; 2026-11-22; 3 rounds';
const files: Readonly<Record<string, unknown>> = {
  'http.json': {
    machine,
    results: {
      bare: [{ added: 0, ofBare: 1 }],
      ours: [0.5, 0.4, 1].map((added) => ({ added, ofBare: 0.8 })),
      official: [{ added: 3, ofBare: 0.2 }, null, { added: 3, ofBare: 0.22 }],
    },
  },
  'start.json': {
    machine: machine.replace('abc', 'def'),
    results: {
      bare: [30.4, 60, 30].map((wallMs) => ({ 'HTTP app, again': { wallMs } })),
      ours: [42.3, 60, 45].map((wallMs) => ({ 'HTTP app, again': { wallMs } })),
    },
  },
  'slow-collector.json': { machine, results: { ours: [{ arrived: 1 }], 'dd-trace': [{ arrived: 0.3 }] } },
  'size.json': { machine, results: { ours: { installedBytes: 3_876_300, packages: 2 } } },
};
const rendered = renderPeers((file) => (file in files ? JSON.stringify(files[file]) : undefined)).split('\n');
const cells = (figure: string): string[] =>
  rendered
    .find((line) => line.startsWith(`| ${figure}`))
    ?.split('|')
    .slice(2, -1)
    .map((cell) => cell.trim()) ?? [];

test('a start is taken beside the bare one of its round; the median of 3 counts, and a round that failed is left out', () => {
  assert.deepEqual(cells('HTTP hello: processor'), ['0.50', '3.00', '–', '–', '–']);
  assert.deepEqual(cells('HTTP hello: requests'), ['0.80', '0.21', '–', '–', '–']);
  assert.deepEqual(cells('start'), ['12', '–', '–', '–', '–']);
});

test('what has no bare app beside it, and what is run once, is shown too; of dd-trace it is not known what arrived', () => {
  assert.deepEqual(cells('spans that arrive'), ['1.00', '–', '–', '–', '–']);
  assert.deepEqual(cells('installed: MB'), ['4', '–', '–', '–', '–']);
  assert.deepEqual(cells('installed: packages'), ['2', '–', '–', '–', '–']);
});

test('a bench without results has no row; the machine stands below, and which sources were measured', () => {
  assert.deepEqual(cells('Express'), []);
  assert.equal(
    rendered.at(-1),
    'The app alone on one core; Any Processor, 2 cores; Node.js 24.21.0; sources of def, 2026-11-22; sources of abc, 2026-11-22.',
  );
});

test('a README without the two marks is an error', () => {
  assert.throws(() => putPeers('# x\n', 'table'), /no marks around the table/);
});

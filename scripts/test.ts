/**
 * Runs the tests.
 *
 *   node scripts/test.ts [filter…]            all tests, or those whose path has one of the filters in it
 *   node scripts/test.ts --lines [filter…]    test/e2e only, once on each Node.js line
 *
 * With --name=<regular expression> only the tests of that name run. With --again a file in which a test has failed runs once
 * more at the end, with nothing beside it, and what it does then counts: most tests here watch processes end, and on a machine
 * that others use one of thousands meets a clock that stood still. What failed stays in the output, and is named. A file whose
 * process dies or hangs has failed too. Where TEST_COUNTS names a file, each run adds a line
 * "<passed> <failed> <skipped> <file that ran again>…" to it.
 */
import { appendFileSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pipeline } from 'node:stream/promises';
import { nodeBinary, nodeLines } from '../test/support/node-lines.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lines: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    name: { type: 'string' },
  },
});

process.chdir(new URL('..', import.meta.url).pathname);

function testFiles(): string[] {
  const all = globSync(values.lines ? 'test/e2e/**/*.test.ts' : 'test/**/*.test.ts').sort();
  const files = positionals.length === 0 ? all : all.filter((file) => positionals.some((part) => file.includes(part)));
  if (files.length === 0)
    throw new Error(`no test file${positionals.map((part) => ` with ${part} in its path`).join()}`);
  return files;
}

const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

interface Run {
  readonly files: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly concurrency: number;
}

/** When no test has ended for so long, files that still run are ended. The first build of Jaeger or of an image takes less. */
const IDLE_MS = 10 * 60_000;

/** @returns the counts of all files, and of each in which a test has failed, or which has failed itself */
async function runOnce({ files, env, concurrency }: Run): Promise<{ all: Counts; failed: Map<string, Counts> }> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), IDLE_MS);
  const tests = run({
    signal: idle.signal,
    files: [...files],
    concurrency,
    env: { ...process.env, ...env },
    ...(values.name === undefined ? {} : { testNamePatterns: new RegExp(values.name) }),
  });
  let all: Counts | undefined;
  const byFile = new Map<string, Counts>();
  const count = (file: string, counts: Counts): void => {
    byFile.set(file, added(byFile.get(file) ?? NONE, counts, 1));
  };
  tests.on('test:complete', () => timer.refresh());
  tests.on('test:summary', ({ file, counts: { tests, passed, skipped, todo } }) => {
    // What was cancelled has failed too.
    const notRun = skipped + todo;
    const counts = { passed, failed: tests - passed - notRun, skipped: notRun };
    // One for each file, then one without a name for all of them.
    if (file === undefined) all = counts;
    else count(relative('.', file), counts);
  });
  // A file whose process died or was ended is a failed test of its own, with the path as its name.
  tests.on('test:fail', ({ name }) => {
    const file = relative('.', name);
    if (files.includes(file)) count(file, { ...NONE, failed: 1 });
  });
  await pipeline(tests, new spec(), process.stdout, { end: false });
  clearTimeout(timer);
  if (all === undefined) throw new Error('the test runner ended without its summary');
  return { all, failed: new Map([...byFile].filter(([, { failed }]) => failed > 0)) };
}

function sum(all: Iterable<Counts>): Counts {
  return [...all].reduce((total, counts) => added(total, counts, 1), NONE);
}

function added(counts: Counts, others: Counts, times: 1 | -1): Counts {
  return {
    passed: counts.passed + times * others.passed,
    failed: counts.failed + times * others.failed,
    skipped: counts.skipped + times * others.skipped,
  };
}

async function runFiles(files: string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  // The runner's own choice is one file less at a time, which on two cores leaves one idle.
  const first = await runOnce({ files, env, concurrency: availableParallelism() });
  let counts = first.all;
  const names = values.again ? [...first.failed.keys()] : [];
  if (names.length > 0) {
    console.log(`\n=== Once more, as a test failed there: ${names.join(', ')}\n`);
    const second = await runOnce({ files: names, env, concurrency: 1 });
    counts = added(added(counts, sum(first.failed.values()), -1), second.all, 1);
  }
  const { TEST_COUNTS: countsFile } = process.env;
  if (countsFile !== undefined) {
    appendFileSync(countsFile, `${[counts.passed, counts.failed, counts.skipped, ...names].join(' ')}\n`);
  }
  return counts;
}

async function runLines(files: string[]): Promise<Counts[]> {
  const all: { line: string; counts: Counts; seconds: number }[] = [];
  for (const version of nodeLines) {
    console.log(`\n=== Node.js ${version}\n`);
    const startedMs = performance.now();
    const counts = await runFiles(files, { TEST_NODE: await nodeBinary(version) });
    all.push({ line: `Node.js ${version}`, counts, seconds: Math.round((performance.now() - startedMs) / 1000) });
  }
  console.log('\n=== Summary\n');
  for (const {
    line,
    counts: { passed, failed, skipped },
    seconds,
  } of all) {
    console.log(`${line}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  }
  return all.map(({ counts }) => counts);
}

const files = testFiles();
const counts = values.lines ? await runLines(files) : [await runFiles(files)];
const failed = counts.some((run) => run.failed > 0);
// A run in which every test was skipped has shown nothing.
const ran = counts.every((run) => run.passed + run.failed > 0);
if (!ran) console.error('no test ran');
process.exitCode = failed || !ran ? 1 : 0;

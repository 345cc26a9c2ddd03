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

/** What is told of a test; of one that a helper's file defines, the test file is `entryFile`. */
interface Told {
  readonly name: string;
  readonly file?: string;
  readonly entryFile?: string;
  readonly skip?: unknown;
  readonly todo?: unknown;
  readonly details: { readonly type?: string | undefined; readonly error?: { readonly failureType?: string } };
}

/** @returns the counts of each file; one whose process died or was ended has at least one failed test */
async function runOnce({ files, env, concurrency }: Run): Promise<Map<string, Counts>> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), IDLE_MS);
  const tests = run({
    signal: idle.signal,
    files: [...files],
    concurrency,
    env: { ...process.env, ...env },
    ...(values.name === undefined ? {} : { testNamePatterns: new RegExp(values.name) }),
  });
  const byFile = new Map<string, Counts>();
  let hasEnded = false;
  tests.on('test:summary', ({ file }) => (hasEnded ||= file === undefined));
  // Not by the summaries of files: a process that dies after a failed test leaves none.
  const count = (told: Told, what: 'passed' | 'failed'): void => {
    const { details, skip, todo } = told;
    if (details.type === 'suite' && (what === 'passed' || details.error?.failureType === 'subtestsFailed')) return;
    const file = relative('.', told.entryFile ?? told.file ?? told.name);
    const one = skip !== undefined || todo !== undefined ? 'skipped' : what;
    byFile.set(file, added(byFile.get(file) ?? NONE, { ...NONE, [one]: 1 }));
  };
  // In the order in which tests end; the other two come in that of the files.
  tests.on('test:complete', () => timer.refresh());
  tests.on('test:pass', (told) => count(told, 'passed'));
  tests.on('test:fail', (told) => count(told as Told, 'failed'));
  try {
    await pipeline(tests, new spec(), process.stdout, { end: false });
  } finally {
    clearTimeout(timer);
  }
  if (!hasEnded) throw new Error('the test runner ended without its summary');
  return byFile;
}

function added(counts: Counts, others: Counts): Counts {
  return {
    passed: counts.passed + others.passed,
    failed: counts.failed + others.failed,
    skipped: counts.skipped + others.skipped,
  };
}

async function runFiles(files: string[], env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  // The runner's own choice is one file less at a time, which on two cores leaves one idle.
  const byFile = await runOnce({ files, env, concurrency: availableParallelism() });
  const failed = [...byFile].filter(([, counts]) => counts.failed > 0).map(([file]) => file);
  const again = values.again ? failed : [];
  if (again.length > 0) {
    console.log(`\n=== Once more, as a test failed there: ${again.join(', ')}\n`);
    const second = await runOnce({ files: again, env, concurrency: 1 });
    for (const file of again) byFile.set(file, second.get(file) ?? { ...NONE, failed: 1 });
  }
  const counts = [...byFile.values()].reduce(added, NONE);
  const { TEST_COUNTS: countsFile } = process.env;
  if (countsFile !== undefined) {
    appendFileSync(countsFile, `${[counts.passed, counts.failed, counts.skipped, ...again].join(' ')}\n`);
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

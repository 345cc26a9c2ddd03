import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import type { Log, LogLevel } from '../../src/core/log.ts';

interface Recorded {
  readonly log: Log;
  readonly lines: string[];
  readonly passMs: (ms: number) => void;
}

function record(level: LogLevel = 'error'): Recorded {
  const lines: string[] = [];
  let nowMs = 1000;
  const log = createLog({ level, write: (line) => void lines.push(line), nowMs: () => nowMs });
  return { log, lines, passMs: (ms) => void (nowMs += ms) };
}

test('a text is one line, whatever control characters it has', () => {
  const { log, lines } = record();
  log.line('error', 'first\n  second\r\n\tthird \u001b[31mred\n');
  assert.deepEqual(lines, ['otel-preload: first second third [31mred\n']);
});

test('lines of a level above the log’s are not written', () => {
  for (const [level, written] of [
    ['none', 0],
    ['error', 1],
    ['warn', 2],
    ['info', 3],
    ['debug', 4],
    ['verbose', 5],
    ['all', 5],
  ] as const) {
    const { log, lines } = record(level);
    for (const severity of ['error', 'warn', 'info', 'debug', 'verbose'] as const) {
      log.line(severity, severity);
      assert.equal(log.enabled(severity), lines.includes(`otel-preload: ${severity}\n`));
    }
    assert.equal(lines.length, written);
  }
});

test('the same trouble is told once a minute, and the 599 in between are counted', () => {
  const { log, lines, passMs } = record();
  for (let tenth = 0; tenth <= 600; tenth++) {
    log.trouble('send', 'not taken');
    passMs(100);
  }
  assert.deepEqual(lines, [
    'otel-preload: not taken\n',
    'otel-preload: not taken (599 more like it since the last line)\n',
  ]);
});

test('different troubles do not silence each other', () => {
  const { log, lines } = record();
  for (const name of ['a', 'b', 'a', 'b']) log.trouble(name, name);
  assert.deepEqual(lines, ['otel-preload: a\n', 'otel-preload: b\n']);
});

test('troubles that differ in the ids of spans only are one', () => {
  const { log, lines } = record();
  for (const id of ['b30d1c42880c11f3', 'c30d1c42880c11f3']) {
    const text = `ended Span {traceId: 3ddb641b99358b05d2ecf5615e2620c2, spanId: ${id}}`;
    log.trouble(text, text);
  }
  assert.equal(lines.length, 1);
});

test('the end of a trouble is told once, and not where nothing was told before', () => {
  const { log, lines } = record();
  log.over('send', 'taken again');
  log.trouble('send', 'not taken');
  log.over('send', 'taken again');
  log.over('send', 'taken again');
  assert.deepEqual(lines, ['otel-preload: not taken\n', 'otel-preload: taken again\n']);
});

test('a trouble that comes and goes every second for a minute is two lines', () => {
  const { log, lines, passMs } = record();
  for (let second = 0; second < 60; second++) {
    log.trouble('send', 'not taken');
    log.over('send', 'taken again');
    passMs(1000);
  }
  assert.equal(lines.length, 2);
  log.trouble('send', 'not taken');
  log.over('send', 'taken again');
  assert.deepEqual(lines.slice(2), [
    'otel-preload: not taken (59 more like it since the last line)\n',
    'otel-preload: taken again\n',
  ]);
});

test('of troubles with ever new names 200 are remembered', () => {
  const { log, lines } = record();
  for (let n = 0; n <= 200; n++) log.trouble(`trouble ${n}`, 'text');
  log.trouble('trouble 200', 'text');
  assert.equal(lines.length, 201);
  log.trouble('trouble 0', 'text');
  assert.equal(lines.length, 202);
});

test('the line is on stderr even if the process is killed in the next statement, and from a worker thread', () => {
  const source = `import { createLog } from ${JSON.stringify(new URL('../../src/core/log.ts', import.meta.url).href)};
    import { Worker, isMainThread } from 'node:worker_threads';
    createLog({ level: 'error' }).line('error', isMainThread ? 'main' : 'worker');
    if (!isMainThread) process.kill(process.pid, 'SIGKILL');
    new Worker(new URL(import.meta.url));`;
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const { stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `await import(${JSON.stringify(url)})`],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(stderr, 'otel-preload: main\notel-preload: worker\n');
});

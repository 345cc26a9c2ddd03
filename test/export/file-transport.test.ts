import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFileTransport } from '../../src/export/file-transport.ts';
import { tempDir } from '../support/app.ts';
import { checkout, run } from '../support/run.ts';

const payload = (text: string) => ({ body: Buffer.from(text), contentType: 'application/json', spans: 1 });
const inTime = () => performance.now() + 10_000;

test('each payload is a line, in the order in which they came', async (t) => {
  const path = join(tempDir(t), 'out.jsonl');
  const transport = createFileTransport({ kind: 'file', path });
  const outcomes = await Promise.all(
    ['{"a":1}', '{"b":2}', '{"c":3}'].map((text) => transport.send(payload(text), inTime())),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['delivered', 'delivered', 'delivered'],
  );
  assert.equal(readFileSync(path, 'utf8'), '{"a":1}\n{"b":2}\n{"c":3}\n');
  assert.equal(transport.target, path);
});

test('the bytes are there before send() returns, and it says so', async (t) => {
  const path = join(tempDir(t), 'out.jsonl');
  const late: unknown[] = [];
  const sending = createFileTransport({ kind: 'file', path }).send(payload('{}'), inTime(), (lateAnswer) =>
    late.push(lateAnswer?.(0)),
  );
  assert.deepEqual([readFileSync(path, 'utf8'), late], ['{}\n', [{ status: 'delivered' }]]);
  await sending;
});

test('what is in the file stays, and a file that was moved away is followed by a new one', async (t) => {
  const path = join(tempDir(t), 'out.jsonl');
  const transport = createFileTransport({ kind: 'file', path });
  await transport.send(payload('1'), inTime());
  renameSync(path, `${path}.1`);
  await transport.send(payload('2'), inTime());
  await createFileTransport({ kind: 'file', path }).send(payload('3'), inTime());
  assert.deepEqual([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')], ['1\n', '2\n3\n']);
});

test('a directory that is not there may be there later', async (t) => {
  const directory = join(tempDir(t), 'logs');
  const transport = createFileTransport({ kind: 'file', path: join(directory, 'out.jsonl') });
  assert.deepEqual(await transport.send(payload('1'), inTime()), { status: 'retryable', why: 'ENOENT' });
  mkdirSync(directory);
  assert.deepEqual(await transport.send(payload('1'), inTime()), { status: 'delivered' });
});

const writer = `
  import { createFileTransport } from ${JSON.stringify(join(checkout, 'src/export/file-transport.ts'))};
  void process.stdout;
  const transport = createFileTransport({ kind: 'file', path: undefined });
  const body = Buffer.from(JSON.stringify('x'.repeat(300000)));
  const sends = Array.from({ length: 5 }, () => transport.send({ body, contentType: '', spans: 1 }, performance.now() + 20000));
  const keep = setInterval(() => {}, 1000);
  Promise.all(sends).then((outcomes) => {
    clearInterval(keep);
    process.stderr.write(outcomes.map(({ status, why }) => why ?? status).join());
  });`;

/** TypeScript that Node.js runs as it is, on a line that does. */
const args = ['--input-type=module', '--eval', writer];

test('stdout gets whole lines, though its reader is slow and its pipe full', async () => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let read = '';
  let told = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => (read += chunk)).pause();
  setTimeout(() => child.stdout.resume(), 300);
  child.stderr.on('data', (chunk) => (told += String(chunk)));
  await new Promise((resolve) => child.on('close', resolve));
  assert.equal(told, Array(5).fill('delivered').join());
  const lines = read.split('\n').slice(0, -1);
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as string).length),
    Array(5).fill(300_000),
  );
});

test('a line that was begun is ended by whoever stands still for it at the end of the process', async () => {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { createFileTransport } from ${JSON.stringify(join(checkout, 'src/export/file-transport.ts'))};
      // as an app that prints has it: from then on its pipe does not block
      void process.stdout;
      let finish;
      void createFileTransport({ kind: 'file', path: undefined }).send(
        { body: Buffer.from('x'.repeat(1000000)), contentType: '', spans: 1 }, performance.now() + 9000, (late) => (finish = late));
      process.stderr.write([finish(0)?.status, finish(9000)?.status].join());
      process.exit();`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let read = 0;
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (read += chunk.length)).pause();
  setTimeout(() => child.stdout.resume(), 300);
  child.stderr.on('data', (chunk) => (told += String(chunk)));
  await new Promise((resolve) => child.on('close', resolve));
  assert.deepEqual([told, read], [',delivered', 1_000_001]);
});

test('a reader that went away ends no program', async () => {
  const { stderr, code } = await run({
    node: '/bin/sh',
    args: ['-c', '"$0" "$@" | true', process.execPath, ...args],
  });
  assert.equal(code, 0);
  assert.match(stderr, /^(?:EPIPE,?)+$/);
});

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Spool, SpoolFullError, type SpoolFile } from '../../src/spool/spool.ts';
import { unpack } from '../../src/spool/spool-file.ts';
import { toFileName } from '../../src/spool/spool-name.ts';
import { aPayload, aSpool, namesIn, spoolDirectory, unexpected } from './support.ts';

async function claimAll(spool: Spool): Promise<number[]> {
  const spans: number[] = [];
  for (let claim = await spool.claim(unexpected); claim !== undefined; claim = await spool.claim(unexpected)) {
    spans.push(claim.file.spans);
    await spool.remove(claim.file);
  }
  return spans;
}

test('what one process wrote another claims, oldest first, and once', async (t) => {
  const directory = spoolDirectory(t);
  const writer = aSpool(directory);
  assert.equal(await writer.write(aPayload(1)), true);
  writer.writeSync(aPayload(2));
  await writer.write(aPayload(3));
  const reader = aSpool(directory);
  const { payload, file } = (await reader.claim(unexpected)) ?? assert.fail();
  assert.deepEqual([payload.contentType, payload.spans, Uint8Array.from(payload.body)], ['a/b', 1, aPayload(1).body]);
  assert.equal(file.isOwn, false);
  assert.deepEqual(await claimAll(reader), [2, 3]);
  assert.deepEqual(namesIn(directory, '.spool'), []);
  assert.equal(await aSpool(directory).claim(unexpected), undefined);
});

test('the writer finds its own files at once, and knows them', async (t) => {
  const spool = aSpool(spoolDirectory(t));
  assert.equal(await spool.claim(unexpected), undefined);
  await spool.write(aPayload(5));
  assert.equal((await spool.claim(unexpected))?.file.isOwn, true);
});

test('of ten that claim at the same time each file has one', async (t) => {
  const directory = spoolDirectory(t);
  const writer = aSpool(directory);
  for (let spans = 1; spans <= 50; spans++) await writer.write(aPayload(spans));
  const all = await Promise.all(Array.from({ length: 10 }, () => claimAll(aSpool(directory))));
  assert.deepEqual(
    all.flat().toSorted((a, b) => a - b),
    Array.from({ length: 50 }, (_, at) => at + 1),
  );
});

test('only the owner can read it', async (t) => {
  const directory = spoolDirectory(t);
  await aSpool(directory).write(aPayload(1));
  const [name = ''] = namesIn(directory);
  assert.deepEqual([statSync(directory).mode & 0o777, statSync(join(directory, name)).mode & 0o777], [0o700, 0o600]);
});

test('a released file waits again; one set aside is kept, and not claimed', async (t) => {
  const directory = spoolDirectory(t);
  const writer = aSpool(directory);
  await writer.write(aPayload(1));
  const reader = aSpool(directory);
  const first = (await reader.claim(unexpected)) ?? assert.fail();
  reader.release(first.file);
  reader.release(((await reader.claim(unexpected)) ?? assert.fail()).file);
  const again = (await aSpool(directory).claim(unexpected)) ?? assert.fail();
  assert.equal(again.file.spans, 1);
  await reader.setAside(again.file, 'refused');
  assert.equal(await aSpool(directory).claim(unexpected), undefined);
  assert.equal(namesIn(directory, '.refused').length, 1);
});

test('damaged files are set aside and told, and the next is claimed', async (t) => {
  const directory = spoolDirectory(t);
  const writer = aSpool(directory);
  for (let spans = 1; spans <= 3; spans++) await writer.write(aPayload(spans));
  const [first = '', second = ''] = namesIn(directory).toSorted();
  truncateSync(join(directory, first), 40);
  // whole, but not what its name says
  renameSync(join(directory, second), join(directory, second.replace('.2.', '.9.')));
  const damaged: SpoolFile[] = [];
  const claim = await aSpool(directory).claim((file) => void damaged.push(file));
  assert.deepEqual([claim?.file.spans, damaged.map(({ spans }) => spans)], [3, [1, 9]]);
  assert.equal(namesIn(directory, '.damaged').length, 2);
});

test('the claim of a process that died is taken back after its time, and not before', async (t) => {
  const directory = spoolDirectory(t);
  await aSpool(directory).write(aPayload(4));
  await aSpool(directory).claim(unexpected);
  assert.equal(await aSpool(directory).claim(unexpected), undefined);
  const [claimed = ''] = namesIn(directory, '.claimed');
  const longAgo = new Date(Date.now() - 61_000);
  utimesSync(join(directory, claimed), longAgo, longAgo);
  assert.deepEqual(await claimAll(aSpool(directory)), [4]);
});

test('files of another format, and what is none of ours, are left alone', async (t) => {
  const directory = spoolDirectory(t);
  await aSpool(directory, { format: 'otlp-json' }).write(aPayload(1));
  writeFileSync(join(directory, 'README'), 'mine');
  assert.equal(await aSpool(directory).claim(unexpected), undefined);
  assert.equal(namesIn(directory).length, 2);
});

test('with room for 1000 bytes the payload that would go over is not written, and what others wrote counts', async (t) => {
  const directory = spoolDirectory(t);
  const random = (spans: number) => ({ ...aPayload(spans), body: crypto.getRandomValues(new Uint8Array(400)) });
  const spool = aSpool(directory, { maxBytes: 1000 });
  await spool.write(random(1));
  await aSpool(directory).write(random(2));
  await assert.rejects(aSpool(directory, { maxBytes: 1000 }).write(random(3)), SpoolFullError);
  spool.writeSync(random(4));
  assert.throws(() => spool.writeSync(random(5)), SpoolFullError);
  assert.equal(namesIn(directory).length, 3);
});

test('a file older than a day is deleted and told, an abandoned one that was being written after an hour', async (t) => {
  const directory = spoolDirectory(t);
  mkdirSync(directory, { recursive: true });
  const hour = 3_600_000;
  const put = (hoursAgo: number, state: 'tmp' | 'spool' | 'damaged') => {
    const writtenAtMs = Date.now() - hoursAgo * hour;
    const name = { writtenAtMs, writer: '00000000', sequence: 1, spans: hoursAgo, format: 'jaeger', state } as const;
    writeFileSync(join(directory, toFileName(name)), '');
  };
  put(25, 'spool');
  put(26, 'damaged');
  put(2, 'tmp');
  put(0, 'tmp');
  put(23, 'damaged');
  const expired: number[] = [];
  const spool = aSpool(directory, { maxAgeMs: 24 * hour, onExpired: ({ spans }) => expired.push(spans) });
  assert.equal(await spool.claim(unexpected), undefined);
  assert.deepEqual(expired, [25]);
  assert.deepEqual([namesIn(directory, '.tmp').length, namesIn(directory, '.damaged').length], [1, 1]);
});

test('a write that is under way when the spool is closed makes no file; a later one at once does', async (t) => {
  const directory = spoolDirectory(t);
  const spool = aSpool(directory);
  const writing = spool.write(aPayload(1));
  spool.close();
  spool.writeSync(aPayload(1));
  assert.equal(await writing, false);
  assert.equal(namesIn(directory).length, 1);
});

test('a directory that cannot be is an error, and no file is left half written', async (t) => {
  const directory = spoolDirectory(t);
  mkdirSync(join(directory, '..'), { recursive: true });
  writeFileSync(directory, 'a file');
  const spool = aSpool(directory);
  await assert.rejects(spool.write(aPayload(1)), { code: 'ENOTDIR' });
  assert.throws(() => spool.writeSync(aPayload(1)), { code: 'EEXIST' });
  await assert.rejects(spool.claim(unexpected), { code: 'ENOTDIR' });
});

test('on a disk that is full nothing is torn, and there is room again for what has been sent', async (t) => {
  const mounted: string[] = [];
  // first what was mounted, then the directory that it is in
  t.after(() => mounted.forEach((directory) => spawnSync('umount', ['-l', directory])));
  const directory = spoolDirectory(t);
  mkdirSync(directory, { recursive: true });
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
  if (mount.status !== 0) return t.skip(`no small disk can be mounted here: ${String(mount.stderr ?? mount.error)}`);
  mounted.push(directory);
  const spool = aSpool(directory);
  const payload = { ...aPayload(3), body: crypto.getRandomValues(new Uint8Array(20_000)) };
  for (let n = 0; n < 3; n++) await spool.write(payload);
  for (let n = 0; n < 3; n++) await assert.rejects(spool.write(payload), { code: 'ENOSPC' });
  assert.throws(() => spool.writeSync(payload), { code: 'ENOSPC' });
  assert.deepEqual([namesIn(directory).length, namesIn(directory, '.spool').length], [3, 3]);
  const claim = (await spool.claim(unexpected)) ?? assert.fail();
  await spool.remove(claim.file);
  await spool.write(payload);
  assert.deepEqual(await claimAll(aSpool(directory)), [3, 3, 3]);
});

test('a process that is killed while it writes leaves whole files only', async (t) => {
  const directory = spoolDirectory(t);
  const source = `const { Spool } = await import(${JSON.stringify(fileURLToPath(new URL('../../src/spool/spool.ts', import.meta.url)))});
    const spool = new Spool({ directory: ${JSON.stringify(directory)}, format: 'jaeger', maxBytes: 1e9, maxAgeMs: 1e9, claimMs: 1e5 });
    const body = crypto.getRandomValues(new Uint8Array(60_000));
    for (let spans = 1; ; spans++) {
      await Promise.all([1, 2, 3].map(() => spool.write({ body, contentType: 'a/b', spans })));
      spool.writeSync({ body, contentType: 'a/b', spans });
      console.log(spans);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  while (printed.split('\n').length < 20) await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const names = namesIn(directory, '.spool');
  assert.ok(names.length >= 4 * 19, String(names.length));
  for (const name of names) assert.equal((await unpack(readFileSync(join(directory, name)))).body.length, 60_000);
});

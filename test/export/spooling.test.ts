import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../src/export/ledger.ts';
import { createSpooling, type SpoolingOptions } from '../../src/export/spooling.ts';
import { aPayload, namesIn, spoolDirectory } from '../spool/support.ts';
import { recordLog, until } from './support.ts';

function setUp(directory: string, more: Partial<SpoolingOptions> = {}) {
  const ledger = new Ledger();
  const { log, lines } = recordLog();
  let changes = 0;
  const spooling = createSpooling({
    directory,
    format: 'jaeger',
    maxBytes: 1e8,
    maxAgeMs: 1e9,
    claimMs: 60_000,
    replayBytesPerSecond: 1e9,
    ledger,
    log,
    onChange: () => changes++,
    ...more,
  });
  return { spooling, ledger, lines, changed: () => changes };
}

test('a burst of 100 payloads is written four at a time, and is all there', async (t) => {
  const directory = spoolDirectory(t);
  const { spooling, ledger } = setUp(directory);
  const kept = Array.from({ length: 100 }, (_, at) => spooling.keep(aPayload(at)));
  assert.equal(spooling.idle, false);
  assert.deepEqual(new Set(await Promise.all(kept)), new Set([true]));
  assert.deepEqual([spooling.idle, ledger.stats().spooled, namesIn(directory).length], [true, 4950, 100]);
});

test('with 16 MiB that wait for the disk there is no room for more', async (t) => {
  const { spooling } = setUp(spoolDirectory(t));
  const payload = aPayload(1, 4 * 1024 * 1024);
  for (let n = 0; n < 4; n++) {
    assert.equal(spooling.hasRoom, true);
    void spooling.keep(payload);
  }
  assert.equal(spooling.hasRoom, false);
  await until(() => spooling.idle);
  assert.equal(spooling.hasRoom, true);
});

test('a disk that fails is told once, and gets a rest', async (t) => {
  const directory = spoolDirectory(t);
  const { spooling, lines, ledger } = setUp(directory, { maxBytes: 10 });
  assert.equal(await spooling.keep(aPayload(5)), false);
  assert.deepEqual([spooling.hasRoom, spooling.idle, ledger.stats().spooled], [false, true, 0]);
  assert.deepEqual(lines, [`${directory} is full (10 bytes); spans wait in memory`]);
  const other = setUp('/dev/null/spool');
  assert.equal(await other.spooling.keep(aPayload(5)), false);
  assert.deepEqual(other.lines, ['/dev/null/spool cannot be written to (ENOTDIR); spans wait in memory']);
});

test('what is kept is given back at once where it is our own, and others’ after a second', async (t) => {
  const directory = spoolDirectory(t);
  const own = setUp(directory);
  await own.spooling.keep(aPayload(5));
  await own.spooling.keep(aPayload(6));
  assert.equal(own.spooling.next(), undefined);
  await until(() => own.changed() === 1);
  const claim = own.spooling.next() ?? assert.fail();
  own.spooling.delivered(claim, 2);
  assert.deepEqual(own.ledger.stats().delivered, 3);
  assert.deepEqual([own.ledger.stats().spooled, own.ledger.stats().dropped.refused], [6, 2]);
  const startedMs = performance.now();
  const other = setUp(directory);
  while (other.changed() === 0) {
    other.spooling.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(performance.now() - startedMs >= 990);
  await until(() => other.spooling.next()?.file.spans === 6);
});

test('what is closed writes no more, hands out what has no file, and lets go what it has claimed', async (t) => {
  const directory = spoolDirectory(t);
  const { spooling, changed, ledger } = setUp(directory);
  await spooling.keep(aPayload(1));
  spooling.next();
  await until(() => changed() === 1);
  for (let spans = 2; spans <= 9; spans++) void spooling.keep(aPayload(spans));
  const unwritten = spooling.close();
  assert.deepEqual(
    unwritten.map(({ spans }) => spans),
    [2, 3, 4, 5, 6, 7, 8, 9],
  );
  for (const payload of unwritten) spooling.keepSync(payload);
  assert.equal(ledger.stats().spooled, 45);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(namesIn(directory, '.spool').length, 9);
  assert.equal(namesIn(directory).length, 9);
});

test('what is written at the end and does not fit is counted, by its reason', () => {
  const full = setUp('/tmp', { maxBytes: 0 });
  full.spooling.keepSync(aPayload(3));
  const none = setUp('/dev/null/spool');
  none.spooling.keepSync(aPayload(4));
  assert.deepEqual([full.ledger.stats().dropped.spoolFull, none.ledger.stats().dropped.spoolFailed], [3, 4]);
});

test('a directory that cannot be read is told, and asked again later', async () => {
  const { spooling, lines } = setUp('/dev/null/spool');
  await until(() => spooling.next() === undefined && lines.length > 0);
  assert.deepEqual(lines, ['/dev/null/spool cannot be read (ENOTDIR); what is kept there waits']);
});

test('own files that are too old are counted and told', async (t) => {
  const directory = spoolDirectory(t);
  const { spooling, ledger, lines } = setUp(directory, { maxAgeMs: -1 });
  await spooling.keep(aPayload(7));
  const other = setUp(directory, { maxAgeMs: -1 });
  assert.equal(await other.spooling.keep(aPayload(1)), true);
  assert.deepEqual(other.lines, [`7 spans kept in ${directory} for more than 0 hours; deleted`]);
  assert.deepEqual([ledger.stats().spooled, lines], [7, []]);
});

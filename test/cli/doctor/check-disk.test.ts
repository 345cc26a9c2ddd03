import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkCache, checkSpool } from '../../../src/cli/doctor/check-disk.ts';
import { toFileName } from '../../../src/spool/spool-name.ts';
import { aPayload, aSpool, spoolDirectory } from '../../spool/support.ts';
import { tempDir } from '../../support/app.ts';

const MIB = 1024 * 1024;
const said = (directory: string, maxBytes = MIB): string[] =>
  checkSpool({ directory, maxBytes }).map(({ check, status, reason }) => `${status} ${check}: ${reason}`);

test('a directory that is yet to be made can be made, and is not made by looking', (t) => {
  const directory = spoolDirectory(t);
  assert.deepEqual(said(directory), [`ok spool.writable: ${directory}`, 'ok spool.state: nothing waits']);
  assert.deepEqual(readdirSync(join(directory, '../..')), []);
});

test('what waits is counted, its age and its share told', async (t) => {
  const directory = spoolDirectory(t);
  await aSpool(directory).write(aPayload(5));
  const old = { writtenAtMs: Date.now() - 7_200_000, writer: '0123abcd', sequence: 1, spans: 7, format: 'jaeger' };
  writeFileSync(join(directory, toFileName({ ...old, state: 'spool' })), Buffer.alloc(MIB / 2));
  assert.match(
    said(directory)[1] ?? '',
    /^ok spool\.state: 12 spans wait in 2 files; 0\.5 of 1\.0 MiB, the oldest 2\.0 h old$/,
  );
  assert.match(said(directory, 0.6 * MIB)[1] ?? '', /^warn spool\.state: .*; nearly full$/);
  writeFileSync(join(directory, toFileName({ ...old, sequence: 2, state: 'damaged' })), '');
  assert.match(
    said(directory)[1] ?? '',
    /^warn spool\.state: 12 spans wait in 2 files; .*; 1 files are set aside as damaged$/,
  );
});

test('the cache need not be writable where it has what this Node.js needs', (t) => {
  const cache = tempDir(t);
  assert.equal(checkCache(cache, '24.21.0', false).status, 'ok');
  assert.match(checkCache('/proc/none', '24.21.0', true).reason, /^NODE_DISABLE_COMPILE_CACHE is set/);
  assert.match(
    checkCache('/proc/none/cache', '24.21.0', false).reason,
    /^E\w+ \/proc\/none\/cache: each start compiles the preload anew/,
  );
  const sealed = join(cache, 'file');
  writeFileSync(sealed, '');
  assert.equal(checkCache(join(sealed, 'cache'), '24.21.0', false).status, 'warn');
});

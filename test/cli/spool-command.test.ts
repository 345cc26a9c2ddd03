import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { aPayload, aSpool, namesIn, spoolDirectory, unexpected } from '../spool/support.ts';
import { payloadOf } from '../export/support.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { checkout, run } from '../support/run.ts';

const spool = (args: readonly string[], env = {}) => run({ args: [`${checkout}dist/cli.js`, 'spool', ...args], env });

/** Three files: one that was refused, one that waits, one that waits for an exporter of another kind. */
async function filled(t: TestContext): Promise<string> {
  const directory = spoolDirectory(t);
  const writer = aSpool(directory);
  await writer.write(aPayload(5));
  const claim = (await writer.claim(unexpected)) ?? assert.fail();
  await writer.setAside(claim.file, 'refused');
  await writer.write(payloadOf(7));
  return directory;
}

test('ls shows each file and the sum; --json is for machines', async (t) => {
  const directory = await filled(t);
  const { stdout, code } = await spool(['ls'], { TRACING_SPOOL_DIR: directory });
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^\d{4}-\S+Z {2}refused {2}5 spans {2}jaeger {2}1 KiB\n\S+ {2}spool {4}7 spans {2}jaeger {2}1 KiB\n12 spans in 2 files/,
  );
  const { files } = JSON.parse((await spool(['ls', '--json', '--dir', directory])).stdout) as {
    files: { state: string }[];
  };
  assert.deepEqual(
    files.map(({ state }) => state),
    ['refused', 'spool'],
  );
  assert.match((await spool(['ls', '--dir', '/nonexistent/spool'])).stdout, /^0 spans in 0 files/);
});

test('replay sends what waits and says how much; where nobody takes it, it waits on and the code is 1', async (t) => {
  const directory = await filled(t);
  const down = await spool(['replay', '-d', directory], { TRACING_URL: `http://127.0.0.1:${await refusedPort()}/` });
  assert.deepEqual([down.code, down.stdout], [1, '0 spans sent; 7 wait\n']);
  const collector = await startCollector(t);
  const up = await spool(['replay', '-d', directory], { TRACING_URL: collector.jaegerUrl });
  assert.deepEqual([up.code, up.stdout, up.stderr, collector.spans.length], [0, '7 spans sent; 0 wait\n', '', 7]);
});

test('purge deletes what was set aside; with --all what waits too', async (t) => {
  const directory = await filled(t);
  assert.match((await spool(['purge', '-d', directory])).stdout, /^deleted 5 spans in 1 files/);
  assert.deepEqual([namesIn(directory).length, namesIn(directory, '.spool').length], [1, 1]);
  assert.match((await spool(['purge', '--all', '-d', directory])).stdout, /^deleted 7 spans in 1 files/);
  assert.equal(namesIn(directory).length, 0);
});

test('without a directory, and for what it cannot do, one line and code 64', async () => {
  assert.match((await spool(['ls'])).stderr, /^otel-preload: no directory: set TRACING_SPOOL_DIR or give --dir;/);
  assert.equal((await spool(['burn', '-d', '/tmp'])).code, 64);
  assert.equal((await spool(['-d', '/tmp'])).code, 64);
});

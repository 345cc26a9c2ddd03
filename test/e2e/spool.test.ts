/** With a spool directory, what nobody takes is on disk when the process is gone, and arrives once when another runs. */
import assert from 'node:assert/strict';
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parseFileName } from '../../src/spool/spool-name.ts';
import { until } from '../export/support.ts';
import { namesIn, spoolDirectory } from '../spool/support.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { freePort, refusedPort } from '../support/ports.ts';
import { program, shown } from './ends.ts';

const ends = {
  'an empty loop': `end(40);`,
  'process.exit(3)': `end(40); process.exit(3);`,
  'an uncaught throw': `end(40); throw new Error('broken');`,
  SIGTERM: `end(40); stay(); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 20);`,
} as const;

const ways: Readonly<Record<string, (base: string) => Record<string, string>>> = {
  Jaeger: (base) => ({ TRACING_URL: `${base}/api/traces` }),
  OTLP: (base) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: base }),
};

/** What waits on disk, in spans. */
function spansIn(directory: string): number {
  if (!existsSync(directory)) return 0;
  return namesIn(directory, '.spool').reduce((sum, name) => sum + (parseFileName(name)?.spans ?? 0), 0);
}

function namesOf(collector: Collector): string[] {
  return collector.spans.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `span ${at}`);

suite('with a spool', { concurrency: 2 }, () => {
  for (const [way, to] of Object.entries(ways)) {
    for (const [name, source] of Object.entries(ends)) {
      test(`${way}: after ${name} with nobody listening, or nobody answering, all spans are on disk`, async (t) => {
        const { bare, traced } = program(t, source);
        const without = shown(await bare());
        const hole = await startCollector(t, { mode: 'hole' });
        for (const base of [`http://127.0.0.1:${await refusedPort()}`, hole.url]) {
          const directory = spoolDirectory(t);
          const env = { ...to(base), TRACING_SPOOL_DIR: directory, TRACING_FLUSH_TIMEOUT: '1000' };
          const { stderr, ...ended } = shown(await traced(env));
          assert.deepEqual({ ...ended, stderr: stderr.replace(/^otel-preload: .* kept in .*\n/, '') }, without);
          assert.equal(spansIn(directory), 40);
        }
      });
    }

    test(`${way}: what was on disk when the process was killed arrives once, as its own service's`, async (t) => {
      const directory = spoolDirectory(t);
      const source = `let n = 0; setInterval(() => { for (let i = 0; i < 20; i++) end(1, 'span ' + n++); }, 10);`;
      const killed = program(t, source).start({
        ...to(`http://127.0.0.1:${await refusedPort()}`),
        OTEL_SERVICE_NAME: 'killed',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        TRACING_SPOOL_DIR: directory,
      });
      await until(() => spansIn(directory) >= 500);
      killed.signal('SIGKILL');
      assert.equal((await killed.ended).signal, 'SIGKILL');
      const spans = spansIn(directory);
      const collector = await startCollector(t);
      const env = { ...to(collector.url), OTEL_SERVICE_NAME: 'next', TRACING_SPOOL_DIR: directory };
      const next = program(t, `stay(); end(1, 'own');`).start(env);
      await collector.waitForSpans(spans);
      await until(() => spansIn(directory) === 0);
      next.signal('SIGTERM');
      assert.equal((await next.ended).stderr, '');
      const replayed = collector.spans.filter(({ service }) => service === 'killed');
      // Of a batch that was being tried when the process was killed nobody knows: its claim has a time to run out.
      const different = new Set(replayed.map(({ name }) => name)).size;
      assert.deepEqual([different, replayed.length, collector.spans.length], [spans, spans, spans + 1]);
    });
  }

  test('a collector that comes back gets everything once, from the process that still runs', async (t) => {
    const directory = spoolDirectory(t);
    const port = await freePort();
    const source = `let n = 0;
      const timer = setInterval(() => { end(1, 'span ' + n++); if (n === 300) { clearInterval(timer); console.log('ended'); } }, 5);
      stay();`;
    const running = program(t, source).start({
      TRACING_URL: `http://127.0.0.1:${port}/api/traces`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      TRACING_SPOOL_DIR: directory,
    });
    await until(() => spansIn(directory) > 50);
    const collector = await startCollector(t, { port });
    await running.ready(/ended/);
    await collector.waitForSpans(300, 15_000);
    // the collector has them a moment before the process has its answer
    await until(() => namesIn(directory).length === 0);
    running.signal('SIGTERM');
    const { stderr, signal } = await running.ended;
    assert.equal(signal, 'SIGTERM');
    assert.match(
      stderr,
      /^otel-preload: \S+ does not take spans: ECONNREFUSED; kept in .*\notel-preload: \S+ takes spans again\n$/,
    );
    assert.deepEqual(namesOf(collector), numbered(300));
    assert.deepEqual(namesIn(directory), []);
  });

  test('of four processes that start at once on 30 files each span arrives once, and a damaged file is set aside', async (t) => {
    const directory = spoolDirectory(t);
    const source = `let n = 0; for (let i = 0; i < 300; i++) end(1, 'span ' + n++);`;
    const { traced } = program(t, source);
    await traced({
      TRACING_URL: `http://127.0.0.1:${await refusedPort()}/`,
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
      TRACING_SPOOL_DIR: directory,
    });
    assert.equal(spansIn(directory), 300);
    truncateSync(join(directory, namesIn(directory)[7] ?? ''), 30);
    const collector = await startCollector(t);
    const next = program(t, 'stay();');
    const env = { TRACING_URL: collector.jaegerUrl, TRACING_SPOOL_DIR: directory };
    const running = [1, 2, 3, 4].map(() => next.start(env));
    await until(() => namesIn(directory).length === 1);
    for (const one of running) one.signal('SIGTERM');
    const said = (await Promise.all(running.map(({ ended }) => ended))).map(({ stderr }) => stderr).join('');
    assert.equal(said, `otel-preload: a file with 10 spans in ${directory} is damaged; set aside as .damaged\n`);
    assert.equal(collector.spans.length, 290);
    assert.equal(new Set(namesOf(collector)).size, 290);
  });

  test('under overload the newest batches go to disk, and with no room there are dropped and counted', async (t) => {
    const collector = await startCollector(t, { mode: 'hole' });
    for (const [room, said] of [
      ['10000000', /^$/],
      ['1024', /^otel-preload: .* these are lost: (?=.*no room).*\n$/m],
    ] as const) {
      const directory = spoolDirectory(t);
      const { stderr } = await program(t, `end(2000); setTimeout(() => {}, 100);`).traced({
        TRACING_URL: collector.jaegerUrl,
        TRACING_MAX_QUEUE_BYTES: '30000',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100',
        TRACING_SPOOL_DIR: directory,
        TRACING_SPOOL_MAX_BYTES: room,
        TRACING_FLUSH_TIMEOUT: '300',
      });
      assert.match(stderr, said);
      assert.equal(spansIn(directory), room === '1024' ? 0 : 2000);
    }
  });
});

/** Ends while the collector is in trouble, beyond the table of exits.test.ts: what is lost is counted in one line. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { isFree } from '../support/ports.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { program, split } from './ends.ts';

const DEADLINE_MS = 1000;
const defaultDeadline = { TRACING_FLUSH_TIMEOUT: undefined };

suite('a collector that', { concurrency: 2 }, () => {
  test('answers 400 to one batch of three takes the other two at process.exit()', async (t) => {
    const collector = await startCollector(t, { mode: 'status', status: 400, times: 1 });
    const env = { TRACING_URL: collector.jaegerUrl, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' };
    const { said } = split(await program(t, 'end(30); process.exit(0);').traced(env));
    assert.equal(collector.spans.length, 20);
    assert.match(
      said.join(''),
      /^\S+ of 30 spans for \S+ these are lost: 10 refused by the collector; answered 400 [^\n]*\n$/,
    );
  });

  test('answers 400 while the process exits: that counts', async (t) => {
    const collector = await startCollector(t, { mode: 'status', status: 400, delayMs: 300 });
    const source = `end(40); require('otel-preload').forceFlush(); setTimeout(() => process.exit(3), 100);`;
    const ended = await program(t, source).traced({ TRACING_URL: collector.jaegerUrl });
    assert.equal(ended.code, 3);
    assert.match(split(ended).said.join(''), / 40 refused by the collector; answered 400 /);
  });

  test('has a batch and does not answer while the process exits: that is counted after the deadline', async (t) => {
    const collector = await startCollector(t, { mode: 'hole' });
    const source = `end(40); setTimeout(() => process.exit(3), 400);`;
    const env = { TRACING_URL: collector.jaegerUrl, OTEL_BSP_SCHEDULE_DELAY: '50', ...defaultDeadline };
    const ended = await program(t, source).traced(env);
    assert.match(split(ended).said.join(''), / lost: 40 sent, but not answered before the process ended\n$/);
    assert.ok(ended.ms >= 400 + DEADLINE_MS, String(ended.ms));
  });

  test('takes 250 ms an answer still gets 10 000 spans, or the rest is counted', async (t) => {
    const collector = await startCollector(t, { mode: 'slow' });
    const ended = await program(t, 'end(10_000); process.exit(0);').traced({
      TRACING_URL: collector.jaegerUrl,
      TRACING_FLUSH_TIMEOUT: '1500',
    });
    const { own, said } = split(ended);
    assert.equal(own, '');
    const [, counted = '0'] = /lost: (\d+) not sent/.exec(said.join('')) ?? [];
    // What the collector was sent at the deadline it has taken too.
    assert.ok(collector.spans.length + Number(counted) >= 10_000, `${collector.spans.length} + ${counted}`);
    assert.ok(collector.spans.length >= 2048, String(collector.spans.length));
  });
});

test('where nobody configured the target, the line says what to set', async (t) => {
  if (!(await isFree(4318))) return skipOrFail(t, 'a collector listens on port 4318, the default');
  const { said } = split(await program(t, 'end(1);').traced({ OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '500' }));
  assert.equal(said.length, 1);
  assert.match(said.join(''), /ECONNREFUSED; no exporter is configured; set TRACING_URL/);
});

test('a flush deadline of 0 sends nothing and counts all', async (t) => {
  const collector = await startCollector(t);
  const env = { TRACING_URL: collector.jaegerUrl, TRACING_FLUSH_TIMEOUT: '0' };
  const { said } = split(await program(t, 'end(40); process.exit(0);').traced(env));
  assert.match(said.join(''), /^\S+ of 40 spans for \S+ these are lost: 40 not sent before the process ended\n$/);
});

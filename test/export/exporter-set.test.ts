import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import { ExporterSet, type ExporterSetOptions } from '../../src/export/exporter-set.ts';
import type { Exporter, Sent } from '../../src/export/exporter.ts';
import { Ledger } from '../../src/export/ledger.ts';
import { OpenSpans } from '../../src/export/open-spans.ts';

const payload = { body: new Uint8Array(10), contentType: 'x', spans: 3 };

function anExporter(target: string, lost: number): Exporter & { settled: (Sent | undefined)[]; flushed: number } {
  const ledger = new Ledger();
  for (let span = 0; span < 3; span++) ledger.spanEnded();
  ledger.delivered(3 - lost);
  ledger.dropped('queueFull', lost);
  const settled: (Sent | undefined)[] = [];
  return {
    target,
    settled,
    flushed: 0,
    processor: {} as never,
    flush() {
      this.flushed++;
      return Promise.resolve();
    },
    idle: lost === 0,
    takeUnsent: () => ({
      transport: { kind: 'udp', host: target, port: 1 },
      payloads: [payload],
      settle: (sent) => void settled.push(sent),
    }),
    stats: () => ledger.stats(),
  };
}

function aSet(exporters: Exporter[], more: Partial<ExporterSetOptions> = {}): { set: ExporterSet; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: 'warn', write: (line) => void lines.push(line) });
  return {
    set: new ExporterSet(exporters, { openSpans: new OpenSpans(), log, sendBlocking: () => [], ...more }),
    lines,
  };
}

test('it is idle when every exporter is', () => {
  assert.equal(aSet([anExporter('a', 0), anExporter('b', 0)]).set.idle, true);
  assert.equal(aSet([anExporter('a', 0), anExporter('b', 1)]).set.idle, false);
});

test('each thread-sent job settles with its own result, and with nothing where there was no time', () => {
  const [a, b] = [anExporter('a', 1), anExporter('b', 1)];
  const sent: Sent = { ends: ['delivered'], rejected: 0, why: '' };
  const jobs: string[] = [];
  const { set } = aSet([a, b], {
    sendBlocking(all) {
      jobs.push(...all.map(({ transport }) => (transport.kind === 'udp' ? transport.host : '')));
      return [sent];
    },
  });
  set.flushBlocking(100);
  assert.deepEqual(jobs, ['a', 'b']);
  assert.deepEqual([a.settled, b.settled], [[sent], [undefined]]);
  set.flushBlocking(0);
  assert.deepEqual([a.settled.length, a.settled[1], jobs.length], [2, undefined, 2]);
});

test('only who has lost spans is reported, in one line', () => {
  const { set, lines } = aSet([anExporter('http://a', 0), anExporter('http://b', 2)]);
  set.report();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /of 3 spans for http:\/\/b these are lost: 2 /);
});

test('a reading is one line for all exporters, be there trouble or not', () => {
  const { set, lines } = aSet([anExporter('http://a', 0), anExporter('http://b', 2)]);
  set.tell();
  assert.deepEqual(lines, [
    'otel-preload: spans for http://a: 3 ended, 3 delivered; ' +
      'spans for http://b: 3 ended, 1 delivered, 2 no room while the collector did not take them\n',
  ]);
  const none = aSet([]);
  none.set.tell();
  assert.deepEqual(none.lines, []);
});

test('another thread’s batches and losses are for the exporter of their number', () => {
  const told: unknown[] = [];
  const exporter: Exporter = {
    ...anExporter('a', 0),
    adopt: ({ spans }) => told.push(spans),
    lost: (reason, spans) => told.push(reason, spans),
  };
  const { set } = aSet([anExporter('console', 0), exporter]);
  for (const at of [0, 1, 2]) {
    set.adopt(at, payload);
    set.lost(at, 'thread', 2);
  }
  assert.deepEqual(told, [3, 'thread', 2]);
});

test('stats are summed over the exporters, and reasons without a span are absent', () => {
  assert.deepEqual(aSet([anExporter('a', 0), anExporter('b', 2)]).set.stats(), {
    ended: 6,
    delivered: 4,
    spooled: 0,
    replayed: 0,
    setAside: 0,
    dropped: { queueFull: 2 },
  });
});

test('metrics and logs end once, with the flush of the end, and hang no longer than its deadline', async () => {
  let ended = 0;
  const exporter = anExporter('a', 0);
  const { set } = aSet([exporter], {
    shutdownOthers() {
      ended++;
      return new Promise(() => {});
    },
  });
  assert.equal(set.idle, false);
  await set.flushSpans(performance.now() + 50);
  assert.equal(ended, 0);
  await set.flush(performance.now() + 50);
  await set.flush(performance.now() + 50);
  assert.deepEqual([ended, exporter.flushed, set.idle], [1, 3, true]);
});

/**
 * ACCEPTANCE 6 to 11: what becomes of spans while the process goes on.
 *
 * With TEST_FULL=1 the collector is away for 70 s, which shows the second line of a trouble that lasts; else for 3 s.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startCollector, type Collector } from '../support/collector.ts';
import { decodeJaegerBatch } from '../support/decode-thrift.ts';
import type { ReceivedSpan } from '../support/received-span.ts';
import { freePort, refusedPort } from '../support/ports.ts';
import { exporters, program, split } from './ends.ts';

const isFull = process.env['TEST_FULL'] === '1';

/** Every span once: none is missing, none came twice. */
function assertEachOnce({ spans }: Collector, count: number): void {
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, count);
  assert.equal(spans.length, count);
}

suite('6. 10 000 spans in a tight loop', { concurrency: 2 }, () => {
  for (const [exporter, envOf] of Object.entries(exporters)) {
    // UDP has no back-pressure: 10 000 datagrams at once are more than a receive buffer holds.
    if (exporter === 'Jaeger agent') continue;
    for (const mode of ['mock', 'slow'] as const) {
      test(`all arrive, and nothing is said (${exporter}, ${mode.toUpperCase()})`, async (t) => {
        const collector = await startCollector(t, { mode, grpc: true });
        const ended = await program(t, 'end(10_000);').traced(envOf(collector));
        assert.deepEqual([ended.code, ended.stderr], [0, '']);
        assertEachOnce(collector, 10_000);
      });
    }
  }
});

test(`7. a collector that is away for ${isFull ? 70 : 3} s: a line when it begins, one a minute, one when it is over, and no span missing`, async (t) => {
  const port = await freePort();
  const awayMs = isFull ? 70_000 : 3000;
  const source = `let spans = 0; const timer = setInterval(() => { end(1); if (++spans % 100 === 0) console.log(spans); }, 10);
    process.on('SIGTERM', () => { clearInterval(timer); console.log('total ' + spans); });`;
  const running = program(t, source).start({
    TRACING_URL: `http://127.0.0.1:${port}/api/traces`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  });
  await running.ready(/^100$/m);
  await new Promise((resolve) => setTimeout(resolve, awayMs));
  const collector = await startCollector(t, { port });
  await collector.waitForSpans(1, 30_000);
  running.signal('SIGTERM');
  const ended = await running.ended;
  const total = Number(/total (\d+)/.exec(ended.stdout)?.[1]);
  assert.ok(total >= 100);
  assertEachOnce(collector, total);
  const { own, said } = split(ended);
  assert.equal(own, '');
  assert.equal(said.length, isFull ? 3 : 2, ended.stderr);
  assert.match(said[0] ?? '', /does not take spans: ECONNREFUSED; kept and retried\n$/);
  if (isFull) assert.match(said[1] ?? '', /kept and retried \(\d+ more like it since the last line\)\n$/);
  assert.match(said.at(-1) ?? '', /takes spans again\n$/);
});

suite('8. 10 000 spans a second into 64 MB of heap while nobody takes them', { concurrency: 2 }, () => {
  for (const kind of ['hole', 'refuse'] as const) {
    test(`memory levels off, and what is dropped is counted (${kind.toUpperCase()})`, async (t) => {
      const collector = await startCollector(t, { mode: 'hole' });
      const url = kind === 'hole' ? collector.jaegerUrl : `http://127.0.0.1:${await refusedPort()}/api/traces`;
      const source = `let spans = 0; const used = [];
        const timer = setInterval(() => {
          end(100); spans += 100;
          if (spans % 10_000 !== 0) return;
          gc();
          const { heapUsed, arrayBuffers } = process.memoryUsage();
          used.push(Math.round((heapUsed + arrayBuffers) / 1024));
          if (spans === 60_000) { clearInterval(timer); console.log(JSON.stringify(used)); }
        }, 10);`;
      const flags = ['--max-old-space-size=64', '--expose-gc'];
      const ended = await program(t, source, {}, flags).traced({
        TRACING_URL: url,
        TRACING_MAX_QUEUE_BYTES: '1000000',
        TRACING_FLUSH_TIMEOUT: '500',
        OTEL_EXPORTER_JAEGER_TIMEOUT: '300',
      });
      assert.equal(ended.code, 0);
      const used = JSON.parse(ended.stdout) as number[];
      // What the first 10 000 spans have come to is 1 MB of queue; code that is compiled meanwhile takes some too.
      assert.ok((used.at(-1) ?? Infinity) - (used[0] ?? 0) < 3000, `KiB in use: ${used.join(', ')}`);
      const { said } = split(ended);
      const [, total, counts = ''] = /of (\d+) spans for \S+ these are lost: ([^;]*)/.exec(said.at(-1) ?? '') ?? [];
      assert.equal(total, '60000');
      const lost = [...counts.matchAll(/(\d+) /g)].reduce((sum, [, spans]) => sum + Number(spans), 0);
      assert.equal(lost, 60_000, counts);
      assert.match(counts, /^\d{5} no room while the collector did not take them/);
      assert.ok(
        said.some((line) => line.includes('no room for 512 more, dropped')),
        ended.stderr,
      );
    });
  }
});

suite('9. a collector that', { concurrency: 2 }, () => {
  for (const exporter of ['Jaeger HTTP', 'OTLP gRPC']) {
    test(`never answers: an attempt ends at its timeout with its socket, and the next follows (${exporter})`, async (t) => {
      const collector = await startCollector(t, { mode: 'hole', grpc: true });
      const running = program(t, `for (let n = 0; n < 1000; n++) end(1); stay();`).start({
        ...exporters[exporter]?.(collector),
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
        OTEL_BSP_EXPORT_TIMEOUT: '300',
      });
      // four at once, then one for each turn of the backoff
      await collector.waitForRequests(6, 20_000);
      assert.ok(collector.connections.peak <= 8, JSON.stringify(collector.connections));
      const { opened } = collector.connections;
      assert.ok(opened > 1, 'a socket that had no answer is not used again');
      collector.mode = 'mock';
      // An answer that takes the collector longer than the timeout has its spans sent again.
      await collector.waitForSpans((spans) => new Set(spans.map(({ spanId }) => spanId)).size === 1000, 30_000);
      assert.ok(collector.connections.open <= 8, JSON.stringify(collector.connections));
      assert.ok(collector.connections.opened - opened < 100, `${collector.connections.opened} for 1000 batches`);
      running.signal('SIGTERM');
      await running.ended;
    });
  }

  test('answers 400 is not asked again: the spans are dropped with one line', async (t) => {
    const collector = await startCollector(t, { mode: 'status', status: 400 });
    const ended = await program(t, `end(40);`).traced({ TRACING_URL: collector.jaegerUrl });
    assert.equal(collector.requests.length, 1);
    const { said } = split(ended);
    assert.match(said[0] ?? '', /answered 400 to 40 spans \(\d+ bytes\); dropped, not retried\n$/);
    assert.match(said[1] ?? '', /^otel-preload: of 40 spans for \S+ these are lost: 40 refused by the collector\n$/);
    assert.equal(said.length, 2);
  });

  for (const status of [429, 502, 503, 504]) {
    test(`answers ${status} with Retry-After: 1 gets the same spans once more, a second later`, async (t) => {
      const options = { mode: 'status', status, times: 1, headers: { 'retry-after': '1' } } as const;
      const collector = await startCollector(t, options);
      const running = program(t, `end(40); stay();`).start({
        TRACING_URL: collector.jaegerUrl,
        OTEL_BSP_SCHEDULE_DELAY: '50',
      });
      await collector.waitForSpans(40, 20_000);
      const [first, second] = collector.requests;
      assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 990);
      assertEachOnce(collector, 40);
      running.signal('SIGTERM');
      const { said } = split(await running.ended);
      assert.equal(said.length, 2);
      assert.match(
        said[0] ?? '',
        new RegExp(`does not take spans: answered ${status} to 40 spans .*; kept and retried\\n$`),
      );
      assert.match(said[1] ?? '', /takes spans again\n$/);
    });
  }
});

test('10. 512 spans of 64 KB go out in bodies under the limit, all decoded; one over the limit is named and counted', async (t) => {
  for (const [exporter, envOf] of Object.entries(exporters)) {
    if (exporter === 'Jaeger agent') continue;
    const collector = await startCollector(t, { grpc: true });
    const source = `const large = (bytes, name) => tracer.startSpan(name, { attributes: { payload: 'x'.repeat(bytes) } }).end();
      for (let n = 0; n < 512; n++) large(65_536, 'large'); large(1_100_000, 'too large');`;
    const ended = await program(t, source).traced(envOf(collector));
    assertEachOnce(collector, 512);
    const isWhole = ({ name, attributes: { payload } }: ReceivedSpan): boolean =>
      name === 'large' && typeof payload === 'string' && payload.length === 65_536;
    assert.ok(collector.spans.every(isWhole), exporter);
    assert.ok(collector.requests.length >= 32, `${exporter}: ${collector.requests.length} requests`);
    // gRPC puts five bytes before the message.
    assert.ok(
      collector.requests.every(({ bytes }) => bytes <= 1_048_576 + 5),
      exporter,
    );
    const { said } = split(ended);
    assert.match(said[0] ?? '', /span "too large" is larger than a payload may be \(1048576 bytes\); dropped\n$/);
    assert.match(said[1] ?? '', /of 513 spans for \S+ these are lost: 1 larger than a payload may be\n$/);
    assert.equal(said.length, 2);
  }
});

test('11. Jaeger: the resource is in the process, once; whole numbers are LONG; the content type is Thrift’s; no byte is left over', async (t) => {
  const collector = await startCollector(t);
  const source = `tracer.startSpan('span', { attributes: { whole: 7, broken: 0.5, yes: true, text: 'a', large: Number.MAX_SAFE_INTEGER } }).end(); end(9);`;
  await program(t, source).traced({
    TRACING_URL: collector.jaegerUrl,
    TRACING_NAMESPACE: 'shop',
    TRACING_ADDRESS: '10.0.0.7:8080',
    OTEL_SERVICE_NAME: 'cart',
    OTEL_RESOURCE_ATTRIBUTES: 'team=blue',
  });
  const [request, ...others] = collector.requests;
  assert.deepEqual([others.length, request?.headers['content-type']], [0, 'application/vnd.apache.thrift.binary']);
  // throws where a byte does not belong there
  const { process, spans } = decodeJaegerBatch(request?.body ?? new Uint8Array());
  assert.deepEqual([process.serviceName, spans.length], ['cart', 10]);
  const value = (key: string): unknown => process.tags[key]?.value;
  assert.deepEqual([value('namespace'), value('address'), value('team')], ['shop', '10.0.0.7:8080', 'blue']);
  const [first = assert.fail()] = spans;
  const { whole, broken, yes, text, large } = first.tags;
  assert.deepEqual(
    { whole, broken, yes, text, large },
    {
      whole: { type: 'LONG', value: 7 },
      broken: { type: 'DOUBLE', value: 0.5 },
      yes: { type: 'BOOL', value: true },
      text: { type: 'STRING', value: 'a' },
      large: { type: 'LONG', value: Number.MAX_SAFE_INTEGER },
    },
  );
  for (const span of spans) {
    assert.deepEqual(
      span.tagKeys.filter((key) => Object.hasOwn(process.tags, key)),
      [],
    );
    assert.equal(new Set(span.tagKeys).size, span.tagKeys.length);
  }
});

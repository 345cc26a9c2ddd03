import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startViewer } from '../../src/viewer/viewer.ts';
import { jaegerOrSkip } from '../support/jaeger/find-jaeger.ts';
import { startJaeger } from '../support/jaeger/start-jaeger.ts';
import { generateTraces, type GeneratedTrace, type SentBody } from './generated-traces.ts';

interface Answer {
  readonly status: number;
  readonly body: { readonly data: unknown; readonly errors: readonly { readonly code: number }[] | null };
}

interface RawSpan {
  readonly spanID: string;
  readonly processID: string;
  readonly warnings: readonly string[] | null;
  readonly [field: string]: unknown;
}

interface RawTrace {
  readonly traceID: string;
  readonly spans: readonly RawSpan[];
  readonly processes: Readonly<Record<string, unknown>>;
}

async function ask(base: string, path: string): Promise<Answer> {
  const response = await fetch(base + path);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** What docs/viewer.md names as different: the order of everything, ids of processes, remarks about clocks. */
function comparable(trace: RawTrace): unknown {
  const spans = trace.spans.map(({ processID, ...span }) =>
    Object.assign(span, {
      process: trace.processes[processID],
      warnings: (span.warnings ?? []).filter((warning) => !warning.startsWith('clock skew adjustment disabled')),
    }),
  );
  return { traceID: trace.traceID, spans: spans.sort((a, b) => (a.spanID < b.spanID ? -1 : 1)) };
}

function tracesOf({ body }: Answer): readonly RawTrace[] {
  return (body.data ?? []) as readonly RawTrace[];
}

const sorted = (data: unknown): unknown[] =>
  ((data ?? []) as unknown[]).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test('the same 200 traces, and the answers of the query API are those of Jaeger', async (t) => {
  if (!(await jaegerOrSkip(t))) return;
  const [jaeger, viewer] = await Promise.all([startJaeger(t), startViewer({ ports: { page: 0, thrift: 0, otlp: 0 } })]);
  t.after(() => viewer.close());
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  const startUs = (Date.now() - 3_600_000) * 1000;
  const traces: GeneratedTrace[] = generateTraces(200, seed, startUs);
  const senders = [
    { thrift: jaeger.thriftUrl, otlp: jaeger.otlpUrl },
    { thrift: viewer.thriftUrl, otlp: `${viewer.otlpUrl}/v1/traces` },
  ];
  async function send(to: (typeof senders)[number], { wire, body, contentType }: SentBody): Promise<void> {
    const response = await fetch(to[wire], { method: 'POST', headers: { 'content-type': contentType }, body });
    assert.ok(response.ok, `${to[wire]}: ${response.status} ${await response.text()}`);
  }
  for (const { bodies } of traces) for (const body of bodies) for (const to of senders) await send(to, body);

  const both = (path: string): Promise<[Answer, Answer]> =>
    Promise.all([ask(jaeger.queryUrl, path), ask(viewer.url, path)]);
  const allOfTime = `start=1&end=${(Date.now() + 3_600_000) * 1000}`;
  for (let tries = 0; tries < 100; tries++) {
    const [{ body }] = await both(`/api/traces/${traces.at(-1)?.traceId}`);
    if (body.data !== null) break;
    await delay(50);
  }

  await t.test('services and operations', async () => {
    const [theirs, ours] = await both('/api/services');
    const services = sorted(theirs.body.data) as string[];
    assert.ok(services.length === 4, services.join());
    assert.deepEqual(sorted(ours.body.data), services);
    for (const service of services) {
      const name = encodeURIComponent(service);
      for (const path of [
        `/api/services/${name}/operations`,
        `/api/operations?service=${name}`,
        `/api/operations?service=${name}&spanKind=server`,
      ]) {
        const [theirOperations, ourOperations] = await both(path);
        assert.ok(sorted(theirOperations.body.data).length > 0, path);
        assert.deepEqual(sorted(ourOperations.body.data), sorted(theirOperations.body.data), path);
      }
    }
  });

  await t.test('each trace, to the last tag', async () => {
    for (const { traceId } of traces) {
      const [theirs, ours] = await both(`/api/traces/${traceId}`);
      assert.equal(theirs.status, 200, traceId);
      assert.deepEqual(tracesOf(ours).map(comparable), tracesOf(theirs).map(comparable));
    }
  });

  await t.test('searches', async () => {
    const service = 'service=gateway';
    const queries = [
      service,
      `${service}&operation=find%20user`,
      `${service}&minDuration=100ms`,
      `${service}&maxDuration=1.5ms`,
      `${service}&minDuration=0.2s&maxDuration=1m`,
      `${service}&tag=http.route:/users/1`,
      `${service}&tags=${encodeURIComponent('{"http.route":"/users/2","pid":"7"}')}`,
      `${service}&tags=${encodeURIComponent('{"aa":"x"}')}`,
      `${service}&tags=${encodeURIComponent('{"cached":"false","namespace":"dev"}')}`,
      `${service}&tags=${encodeURIComponent('{"no.such":"tag"}')}`,
      `service=${encodeURIComponent('profile srv/ü')}&operation=${encodeURIComponent('töst "quoted" \\ operation')}`,
      'service=nobody',
    ];
    const times = [allOfTime, `start=${startUs + 500_000}&end=${startUs + 1_000_000}`, ''];
    let found = 0;
    for (const query of queries) {
      for (const time of times) {
        const path = `/api/traces?${query}&limit=1000&${time}`;
        const [theirs, ours] = await both(path);
        assert.equal(ours.status, theirs.status, path);
        found += tracesOf(theirs).length;
        assert.deepEqual(sorted(tracesOf(ours).map(comparable)), sorted(tracesOf(theirs).map(comparable)), path);
      }
    }
    assert.ok(found > 200, `${found} found`);
    // which came last is the same to both, as each was sent whole before the next
    const [theirs, ours] = await both(`/api/traces?${service}&limit=7&${allOfTime}`);
    assert.equal(tracesOf(theirs).length, 7);
    const ids = (answer: Answer): string[] => tracesOf(answer).map(({ traceID }) => traceID);
    assert.deepEqual(ids(ours), ids(theirs));
    const some = traces.slice(0, 3).map(({ traceId }) => `traceID=${traceId}`);
    const [theirThree, ourThree] = await both(`/api/traces?${some.join('&')}&traceID=abc`);
    assert.deepEqual(ids(ourThree), ids(theirThree));
    assert.deepEqual(ourThree.body.errors, theirThree.body.errors);
  });

  await t.test('dependencies', async () => {
    for (const query of [`endTs=${Date.now() + 60_000}&lookback=7200000`, `endTs=${startUs / 1000 + 1000}`, '']) {
      const [theirs, ours] = await both(`/api/dependencies?${query}`);
      if (query !== '') assert.ok(sorted(theirs.body.data).length > 3, query);
      assert.deepEqual(sorted(ours.body.data), sorted(theirs.body.data), query);
    }
  });

  await t.test('what cannot be answered', async () => {
    for (const path of [
      '/api/traces/0123456789abcdef',
      '/api/traces/no-id',
      '/api/traces/000000000000000000000000000000000000000',
      '/api/traces',
      '/api/traces?service=gateway&start=soon',
      '/api/traces?service=gateway&minDuration=5',
      '/api/traces?service=gateway&minDuration=5s&maxDuration=1s',
      '/api/traces?service=gateway&tag=x',
      '/api/traces?service=gateway&tags=x',
      '/api/traces?service=gateway&limit=many',
      '/api/operations',
      '/api/dependencies?endTs=x',
    ]) {
      const [theirs, ours] = await both(path);
      assert.ok(theirs.status >= 400, path);
      assert.equal(ours.status, theirs.status, path);
      assert.deepEqual(
        ours.body.errors?.map(({ code }) => code),
        theirs.body.errors?.map(({ code }) => code),
        path,
      );
    }
  });
});

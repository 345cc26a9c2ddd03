import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { run } from '../run.ts';
import { jaegerOrSkip } from './find-jaeger.ts';
import { decodeTraces } from './query.ts';
import type { QueriedTrace } from './query.ts';
import { startJaeger } from './start-jaeger.ts';

const oracle = (name: string): URL => new URL(`../../fixtures/oracle/${name}`, import.meta.url);

/** Order of spans is the store's own business. */
function sorted(traces: readonly QueriedTrace[]): unknown {
  return traces
    .map(({ traceId, spans }) => ({ traceId, spans: spans.toSorted((a, b) => a.spanId.localeCompare(b.spanId)) }))
    .sort((a, b) => a.traceId.localeCompare(b.traceId));
}

test("two Jaegers run side by side, and one shows the Go original's bytes as recorded", async (t) => {
  if (!(await jaegerOrSkip(t))) return;
  const [jaeger, other] = await Promise.all([startJaeger(t), startJaeger(t)]);
  for (const name of ['gateway.thrift.bin', 'user-srv.thrift.bin']) {
    const headers = { 'content-type': 'application/x-thrift' };
    const response = await fetch(jaeger.thriftUrl, { method: 'POST', headers, body: readFileSync(oracle(name)) });
    assert.equal(response.status, 202);
  }
  const recorded = decodeTraces(JSON.parse(readFileSync(oracle('jaeger-answer.json'), 'utf8')));
  await jaeger.waitForTrace('gateway', (trace) => trace.spans.some((span) => span.service === 'user-srv'));
  assert.deepEqual(sorted(await jaeger.traces('gateway')), sorted(recorded));
  assert.deepEqual((await jaeger.services()).sort(), ['gateway', 'user-srv']);
  assert.deepEqual(await other.services(), []);
  await assert.rejects(
    jaeger.waitForTrace('gateway', () => false, 60),
    /none as wanted.*gateway: server helloworld/s,
  );
});

test('without a Jaeger a test is skipped with the reason, but fails in CI', async () => {
  const find = new URL('./find-jaeger.ts', import.meta.url).href;
  const source = `import { jaegerOrSkip } from ${JSON.stringify(find)};
    await jaegerOrSkip({ skip: (why) => console.log(why) });`;
  const attempt = (env: Record<string, string>) =>
    run({
      node: process.execPath,
      args: ['--input-type=module', '-e', source],
      env: { ...env, JAEGER_BIN: '/nowhere' },
    });
  assert.match((await attempt({})).stdout, /no Jaeger: JAEGER_BIN \(\/nowhere\) is not an executable file/);
  const inCi = await attempt({ CI: 'true' });
  assert.equal(inCi.code, 1);
  assert.match(inCi.stderr, /no Jaeger: .*; in CI no test may be skipped for that/);
});

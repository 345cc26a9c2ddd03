import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseExporters } from '../../../src/config/choose-exporters.ts';
import { checkRoute } from '../../../src/cli/doctor/check-route.ts';
import { findRoutes } from '../../../src/cli/doctor/find-routes.ts';
import { createTestSpans } from '../../../src/cli/doctor/test-spans.ts';
import { loadEnv } from '../../config/support.ts';
import { startCollector } from '../../support/collector.ts';
import { refusedPort } from '../../support/ports.ts';
import { someResource } from '../../wire/spans.ts';

async function check(env: Record<string, string>): Promise<string[]> {
  const { settings, sources } = loadEnv(env);
  const [route] = findRoutes(chooseExporters(settings, sources), settings, assert.fail);
  if (route === undefined) assert.fail('no route');
  const nextSpan = createTestSpans(someResource);
  const findings = await checkRoute(route, { nextSpan, serviceName: 'user-srv', isContainer: false, query: 'none' });
  return findings.map(({ check, status }) => `${status} ${check}`);
}

test('the way ends where it leads no further', async (t) => {
  const away = `http://127.0.0.1:${await refusedPort()}/api/traces`;
  assert.deepEqual(await check({ TRACING_URL: away }), ['fail collector.reachable']);
  const collector = await startCollector(t);
  const secure = collector.jaegerUrl.replace('http:', 'https:');
  assert.deepEqual(await check({ TRACING_URL: secure }), ['ok collector.reachable', 'fail collector.tls']);
  assert.equal(collector.requests.length, 0);
});

test('of a list each is tried, with a span of its own; one that takes it makes warnings of the failures', async (t) => {
  const away = `http://127.0.0.1:${await refusedPort()}/api/traces`;
  const [one, two] = [await startCollector(t), await startCollector(t)];
  const said = await check({ TRACING_URL: `${away},${one.jaegerUrl},${two.jaegerUrl}` });
  const good = ['ok collector.reachable', 'ok span.accepted', 'ok clock.skew'];
  assert.deepEqual(said, ['warn collector.reachable', ...good, ...good]);
  assert.deepEqual([one.spans.length, two.spans.length], [1, 1]);
  assert.notEqual(one.spans[0]?.traceId, two.spans[0]?.traceId);
  assert.deepEqual(await check({ TRACING_URL: `${away},${away}/2` }), [
    'fail collector.reachable',
    'fail collector.reachable',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from './collector.ts';
import { callFromGo, goServiceOrSkip, startGoService } from './go-service.ts';

test('a Go client, a Go gateway and a Go service give one trace of six spans', async (t) => {
  if ((await goServiceOrSkip(t)) === undefined) return;
  const collector = await startCollector(t);
  const { jaegerUrl } = collector;
  const last = await startGoService(t, { jaegerUrl });
  const gateway = await startGoService(t, { jaegerUrl, service: 'gateway', namespace: 'shop', next: last.address });
  const client = await callFromGo(gateway.address, { jaegerUrl, service: 'client', name: 'ada' });
  assert.deepEqual([client.stdout, client.stderr, client.code], ['gateway > user-srv:ada\n', '', 0]);
  assert.equal((await gateway.stop()).code, 0);
  assert.equal((await last.stop()).code, 0);

  const { spans } = collector;
  assert.equal(new Set(spans.map((span) => span.traceId)).size, 1);
  const chain: string[] = [];
  for (let at = spans.find((span) => span.parentSpanId === undefined); at !== undefined;) {
    const { spanId, service, kind } = at;
    chain.push(`${service} ${kind}`);
    at = spans.find((span) => span.parentSpanId === spanId);
  }
  const middle = ['gateway server', 'gateway internal', 'gateway client'];
  assert.deepEqual(chain, ['client client', ...middle, 'user-srv server', 'user-srv internal']);
  const own = spans.find((span) => span.service === 'gateway' && span.kind === 'internal');
  assert.equal(own?.name, 'GetUserInfo');
  assert.deepEqual(own?.resource, { namespace: 'shop', address: gateway.address });
});

test('the name "nobody" is an error that its spans tell', async (t) => {
  if ((await goServiceOrSkip(t)) === undefined) return;
  const collector = await startCollector(t);
  const { jaegerUrl } = collector;
  const service = await startGoService(t, { jaegerUrl });
  const client = await callFromGo(service.address, { jaegerUrl, service: 'client', name: 'nobody' });
  assert.equal(client.code, 1);
  assert.match(client.stderr, /NotFound desc = no such user/);
  await service.stop();
  const own = collector.spans.find((span) => span.kind === 'internal');
  assert.deepEqual([own?.error, own?.status], [true, { code: 'ERROR', message: 'no such user' }]);
});

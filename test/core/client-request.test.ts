import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createClientRequest, keepClientRequest } from '../../src/core/client-request.ts';

test('who patches http.request, or replaces the class behind it, sees no request of ours', async (t) => {
  const server = http.createServer((request, response) =>
    response.end(`${request.method} ${String(request.headers['x-own'])}`),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  keepClientRequest();
  for (const name of ['request', 'get', 'ClientRequest'] as const) {
    t.mock.method(http, name, () => assert.fail(`http.${name} was called`));
  }
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const request = createClientRequest(url, { method: 'POST', agent: new http.Agent(), headers: { 'x-own': 'yes' } });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  assert.equal(
    String(await response.reduce((text, chunk: Buffer) => Buffer.concat([text, chunk]), Buffer.of())),
    'POST yes',
  );
});

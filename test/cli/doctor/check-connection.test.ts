import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkConnection, firstHop, type Hop } from '../../../src/cli/doctor/check-connection.ts';
import type { Target } from '../../../src/cli/doctor/find-routes.ts';
import { listen } from '../../export/servers.ts';
import { tempDir } from '../../support/app.ts';
import { refusedPort } from '../../support/ports.ts';

const check = async (hop: Hop, isContainer = false) => {
  const findings = await checkConnection(hop, { isContainer, createDatagram: () => Buffer.from('a span') });
  return findings.map(
    ({ check, status, reason, fix }) => `${status} ${check}: ${reason}${fix === undefined ? '' : `; ${fix}`}`,
  );
};

test('the first hop is a socket, the proxy, or the collector, with the port that its scheme has', () => {
  const http = (url: string, more = {}): Target => ({ kind: 'http', url, headers: {}, gzip: false, ...more });
  assert.deepEqual(firstHop(http('https://j/api/traces')), { kind: 'tcp', host: 'j', port: 443, isProxy: false });
  assert.deepEqual(firstHop(http('http://[::1]:1/')), { kind: 'tcp', host: '::1', port: 1, isProxy: false });
  assert.deepEqual(firstHop(http('https://j/', { proxy: { url: 'http://p:3128' } })), {
    kind: 'tcp',
    host: 'p',
    port: 3128,
    isProxy: true,
  });
  assert.deepEqual(firstHop(http('http://localhost/', { socketPath: '/run/j' })), { kind: 'unix', path: '/run/j' });
  assert.deepEqual(firstHop({ kind: 'udp', host: 'a', port: 6832 }), { kind: 'udp', host: 'a', port: 6832 });
});

test('a name is looked up, an address is not; then a connection is made', async (t) => {
  const port = await listen(t, createServer());
  const byName = await check({ kind: 'tcp', host: 'localhost', port, isProxy: false });
  assert.match(byName[0] ?? '', /^ok collector\.resolves: localhost is .*127\.0\.0\.1/);
  assert.match(byName[1] ?? '', /^ok collector\.reachable: localhost:\d+ took a connection in \d+ ms$/);
  assert.equal((await check({ kind: 'tcp', host: '127.0.0.1', port, isProxy: false })).length, 1);
});

test('the fix of a refusal depends on where one is and on who refuses', async () => {
  const port = await refusedPort();
  const here: Hop = { kind: 'tcp', host: '127.0.0.1', port, isProxy: false };
  assert.match((await check(here))[0] ?? '', /; nobody listens there; start a collector \(otel-preload view is one\)/);
  assert.match((await check(here, true))[0] ?? '', /; inside a container localhost is the container itself/);
  assert.match((await check({ ...here, isProxy: true }, true))[0] ?? '', /; nobody listens there; mend HTTP_PROXY/);
});

test('a file in the place of a unix socket is named as such', async (t) => {
  const path = join(tempDir(t), 'socket');
  writeFileSync(path, '');
  assert.match(
    (await check({ kind: 'unix', path }))[0] ?? '',
    /^fail collector\.reachable: ECONNREFUSED unix:.*the file is there and nobody listens/,
  );
});

test('an agent is sent one whole span, and hears of no other', async (t) => {
  const agent = createSocket('udp4');
  t.after(() => void agent.close());
  await new Promise<void>((resolve) => agent.bind(0, '127.0.0.1', resolve));
  const heard: string[] = [];
  agent.on('message', (message) => heard.push(message.toString()));
  const came = once(agent, 'message');
  const [line] = await check({ kind: 'udp', host: '127.0.0.1', port: agent.address().port });
  await came;
  assert.match(line ?? '', /^ok collector\.reachable: udp:.* does not refuse; UDP tells no more$/);
  assert.deepEqual(heard, ['a span']);
});

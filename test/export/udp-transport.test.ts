import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { test } from 'node:test';
import { createUdpTransport } from '../../src/export/udp-transport.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run } from '../support/run.ts';
import { skipOrFail } from '../support/skip-or-fail.ts';
import { closing, inMs, payloadOf, sendOne } from './support.ts';

test('a payload is one datagram, by address and by name', async (t) => {
  const collector = await startCollector(t, { agent: true });
  for (const [protocol, port] of [
    ['compact', collector.agentCompactPort],
    ['binary', collector.agentBinaryPort],
  ] as const) {
    for (const host of ['127.0.0.1', 'localhost']) {
      const transport = closing(t, createUdpTransport({ kind: 'udp', host, port }));
      let handedOver = 0;
      const payload = payloadOf(3, createJaegerAgentEncoder({ protocol }));
      assert.deepEqual(await transport.send(payload, inMs(5000), () => handedOver++), { status: 'delivered' });
      assert.equal(handedOver, 1);
      assert.equal(transport.target, `udp://${host}:${port}`);
    }
  }
  await collector.waitForSpans(12);
});

test('nobody at the port is nothing that UDP tells, time after time', async (t) => {
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: '127.0.0.1', port: await refusedPort() }));
  for (let n = 0; n < 5; n++) assert.deepEqual(await sendOne(transport), { status: 'delivered' });
});

test('a datagram that the system finds too large is refused: it would be again', async (t) => {
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: '127.0.0.1', port: 6831 }));
  const payload = { body: new Uint8Array(70_000), contentType: '', spans: 1 };
  assert.deepEqual(await transport.send(payload, inMs(5000)), { status: 'refused', why: 'EMSGSIZE' });
});

test('a name without an address is retryable, a port that is none refused', async (t) => {
  const unknown = closing(t, createUdpTransport({ kind: 'udp', host: 'no-such-host.invalid', port: 6831 }));
  assert.equal((await sendOne(unknown)).status, 'retryable');
  const wrong = closing(t, createUdpTransport({ kind: 'udp', host: '127.0.0.1', port: 70_000 }));
  assert.equal((await sendOne(wrong)).status, 'refused');
});

test('a name is looked up once in a while, anew after a failure, and IPv4 goes before', async (t) => {
  const collector = await startCollector(t, { agent: true });
  let found: dns.LookupAddress[] | Error = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  let lookups = 0;
  t.mock.method(dns, 'lookup', (_name: string, _options: object, done: (error: unknown, all?: object) => void) => {
    lookups++;
    setImmediate(() => (found instanceof Error ? done(found) : done(null, found)));
  });
  const port = collector.agentBinaryPort;
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: 'agent.test', port }));
  const payload = payloadOf(1, createJaegerAgentEncoder({ protocol: 'binary' }));
  for (let n = 0; n < 3; n++) assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  await collector.waitForSpans(3);
  const large = { body: new Uint8Array(70_000), contentType: '', spans: 1 };
  assert.equal(lookups, 1);
  assert.equal((await sendOne(transport, large)).status, 'refused');
  found = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  assert.deepEqual(await sendOne(transport, payload), { status: 'retryable', why: 'ENOTFOUND' });
  found = [{ address: '127.0.0.1', family: 4 }];
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.equal(lookups, 3);
  const nowMs = performance.now();
  t.mock.method(performance, 'now', () => nowMs + 29_000);
  await sendOne(transport, payload);
  assert.equal(lookups, 3);
  t.mock.method(performance, 'now', () => nowMs + 31_000);
  await sendOne(transport, payload);
  assert.equal(lookups, 4);
});

test('a name that leads to IPv6 only is sent to by IPv6', async (t) => {
  const agent = createSocket('udp6');
  t.after(() => void agent.close());
  try {
    await new Promise<void>((resolve, reject) => agent.once('error', reject).bind(0, '::1', resolve));
  } catch (error) {
    return skipOrFail(t, `no IPv6 here (${String(error)})`);
  }
  t.mock.method(dns, 'lookup', (_name: string, _options: object, done: (error: unknown, all: object) => void) =>
    done(null, [{ address: '::1', family: 6 }]),
  );
  const { port } = agent.address();
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: 'agent.test', port }));
  const received = new Promise<Buffer>((resolve) => agent.once('message', resolve));
  const payload = payloadOf(1);
  assert.deepEqual(await sendOne(transport, payload), { status: 'delivered' });
  assert.deepEqual(await received, Buffer.from(payload.body));
});

test('a look-up that hangs ends at the deadline', async (t) => {
  t.mock.method(dns, 'lookup', () => {});
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: 'agent.test', port: 6832 }));
  assert.deepEqual(await transport.send(payloadOf(1), inMs(30)), { status: 'retryable', why: 'no address in time' });
});

test('closed, it opens again for the next payload', async (t) => {
  const transport = closing(t, createUdpTransport({ kind: 'udp', host: '127.0.0.1', port: await refusedPort() }));
  await sendOne(transport);
  transport.close();
  transport.close();
  assert.deepEqual(await sendOne(transport), { status: 'delivered' });
});

test('its socket does not keep the process alive', async () => {
  const send = `import { createUdpTransport } from ${JSON.stringify(new URL('../../src/export/udp-transport.ts', import.meta.url).href)};
    await createUdpTransport({ kind: 'udp', host: '127.0.0.1', port: 6831 }).send({ body: Buffer.from('x'), spans: 1 }, 0);
    console.log('sent');`;
  const ended = await run({ node: process.execPath, args: ['--input-type=module', '-e', send], timeoutMs: 20_000 });
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, 'sent\n', '']);
});

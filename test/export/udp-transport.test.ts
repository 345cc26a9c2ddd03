import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUdpTransport } from '../../src/export/udp-transport.ts';
import { createJaegerAgentEncoder } from '../../src/wire/jaeger-agent-encoder.ts';
import { startCollector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import { run } from '../support/run.ts';
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

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { watchListeningPort } from '../../src/resource/listening-port.ts';

function watch(t: TestContext, ignoredPorts: readonly number[] = []): number[] {
  const ports: number[] = [];
  const watch = watchListeningPort({ ignoredPorts, onPort: (port) => ports.push(port) });
  t.after(() => watch.close());
  return ports;
}

async function listen(t: TestContext, server: Server, host = '0.0.0.0', port = 0): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('the listening port', () => {
  it('is that of the first server', async (t) => {
    const ports = watch(t);
    const first = await listen(t, createHttpServer());
    await listen(t, createServer());
    assert.deepEqual(ports, [first]);
  });

  it('is learned of HTTP/2, which gRPC servers are', async (t) => {
    const ports = watch(t);
    assert.deepEqual(ports, []);
    const port = await listen(t, createHttp2Server());
    assert.deepEqual(ports, [port]);
  });

  it('is not a socket file, nor a port of our own', async (t) => {
    const free = createServer();
    const own = await listen(t, free);
    free.close();
    await once(free, 'close');
    const ports = watch(t, [own]);
    const file = createServer().listen(join(tmpdir(), `otel-preload-${process.pid}.sock`));
    t.after(() => file.close());
    await once(file, 'listening');
    await listen(t, createServer(), '0.0.0.0', own);
    assert.deepEqual(ports, []);
  });

  it('is not that of a server that only looked for a free port', async (t) => {
    const ports = watch(t);
    const probe = createServer();
    const free = await listen(t, probe);
    probe.close();
    await once(probe, 'close');
    const port = await listen(t, createServer());
    assert.deepEqual(ports, [free, port]);
  });

  it('is rather that of a server that others can reach', async (t) => {
    const ports = watch(t);
    const inside = await listen(t, createServer(), '127.0.0.1');
    await listen(t, createServer(), '127.0.0.1');
    const outside = await listen(t, createServer());
    await listen(t, createServer());
    assert.deepEqual(ports, [inside, outside]);
  });

  it('is not learned any more after close()', async (t) => {
    const ports: number[] = [];
    watchListeningPort({ onPort: (port) => ports.push(port) }).close();
    await listen(t, createServer());
    assert.deepEqual(ports, []);
  });
});

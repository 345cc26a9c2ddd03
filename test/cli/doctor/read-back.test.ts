import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { test, type TestContext } from 'node:test';
import { readBack } from '../../../src/cli/doctor/read-back.ts';
import { listen } from '../../export/servers.ts';
import { refusedPort } from '../../support/ports.ts';

const traceId = 'ab'.repeat(16);
const trace = (serviceName: string): string =>
  JSON.stringify({ data: [{ traceID: traceId, processes: { p1: { serviceName } } }] });

/** A query API whose `/api/traces/…` answers so. */
async function queryApi(t: TestContext, onTrace: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/api/services') response.end('{"data":null}');
    else onTrace(request, response);
  });
  return `http://127.0.0.1:${await listen(t, server)}`;
}

const ask = async (queryUrl: string, isNamed = true, isAnswered = true) => {
  const { status, reason, fix } = await readBack({
    queryUrl,
    isNamed,
    isAnswered,
    traceId,
    serviceName: 'shop',
    patienceMs: 400,
  });
  return { status, reason, fix };
};

test('a span that shows after some time is found', async (t) => {
  let asked = 0;
  const url = await queryApi(t, (request, response) => {
    assert.equal(request.url, `/api/traces/${traceId}`);
    if (++asked < 3) response.writeHead(404).end('{"data":null}');
    else response.end(trace('shop'));
  });
  const { status, reason } = await ask(url);
  assert.equal(status, 'ok');
  assert.match(reason, /shows the span of shop after \d+ ms$/);
});

test('a span under another name is a warning', async (t) => {
  const { status, reason } = await ask(await queryApi(t, (_, response) => response.end(trace('other'))));
  assert.equal(status, 'warn');
  assert.match(reason, /as one of other, not of shop$/);
});

test('a span that never shows is a failure where the query API was named, else a warning', async (t) => {
  const url = await queryApi(t, (_, response) => response.writeHead(404).end('{"data":null}'));
  const named = await ask(url);
  assert.equal(named.status, 'fail');
  assert.match(named.reason, new RegExp(`does not have trace ${traceId} 0\\.4 s after it was sent`));
  assert.match(named.fix ?? '', /^look at the collector's own log/);
  assert.match((await ask(url, true, false)).fix ?? '', /an agent takes binary Thrift on port 6832/);
  assert.equal((await ask(url, false)).status, 'warn');
});

test('what is no query API is a failure where it was named, else all that there is to say', async (t) => {
  const answering = async (listener: RequestListener) => `http://127.0.0.1:${await listen(t, createServer(listener))}`;
  const cases: readonly [string, RegExp][] = [
    [`http://127.0.0.1:${await refusedPort()}`, /: ECONNREFUSED/],
    [await answering((_, response) => response.end('<html>')), /: what it answers is no JSON/],
    [await answering((_, response) => response.writeHead(404).end()), /: it answered 404/],
    [await answering((_, response) => response.end('{}')), /: its JSON is of another kind/],
  ];
  for (const [url, why] of cases) {
    const named = await ask(url);
    assert.equal(named.status, 'fail');
    assert.match(named.reason, why);
    const guessed = await ask(url, false);
    assert.equal(guessed.status, 'ok');
    assert.match(guessed.reason, why);
  }
});

test('credentials of the address are sent, and not shown', async (t) => {
  const seen = new Set<string | undefined>();
  const server = createServer(({ headers }, response) => {
    seen.add(headers.authorization);
    response.end(trace('shop'));
  });
  const { status, reason } = await ask(`http://ada:Hunter2@127.0.0.1:${await listen(t, server)}/`);
  assert.equal(status, 'ok');
  assert.ok(!reason.includes('Hunter2'), reason);
  assert.deepEqual([...seen], [`Basic ${btoa('ada:Hunter2')}`]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '../support/collector.ts';
import { answering, httpTo } from './servers.ts';
import { payloadOf, sendOne } from './support.ts';

test('a status is final and quotes the collector; 400 and 413 of the payload, the others of the target', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(Number(request.headers['x-status'])).end('Cannot  parse\n');
  });
  const payload = payloadOf(2);
  const outcomeOf = (status: number) => sendOne(httpTo(t, url, { headers: { 'x-status': String(status) } }), payload);
  for (const status of [400, 413, 415, 422]) {
    const why = `answered ${status} to 2 spans (${payload.body.length} bytes): Cannot  parse`;
    assert.deepEqual(await outcomeOf(status), { status: 'refused', why });
  }
  for (const status of [401, 403, 404, 405, 407, 421, 500, 501, 505, 304]) {
    const { status: outcome, elsewhere } = (await outcomeOf(status)) as { status: string; elsewhere?: true };
    assert.deepEqual([outcome, elsewhere], ['refused', true], String(status));
  }
});

test('a web page is no collector, even with status 200', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>');
  });
  assert.deepEqual(await sendOne(httpTo(t, url), payloadOf(2)), {
    status: 'refused',
    why: "answered 200 with a web page to 2 spans; is this a collector's address?",
    elsewhere: true,
  });
});

test('an answer in bytes, and all but 200 characters of a long one, is not quoted', async (t) => {
  let answer: Uint8Array = Buffer.from([0x0a, 0xff]);
  const { url } = await answering(
    t,
    (request, response) => void request.resume().on('end', () => response.writeHead(400).end(answer)),
  );
  const why = async () => ((await sendOne(httpTo(t, url))) as { why: string }).why;
  assert.match(await why(), /bytes\)$/);
  answer = Buffer.alloc(1_000_000, 'x');
  assert.match(await why(), /bytes\): x{200}$/);
});

test('408, 429, 502, 503 and 504 are retryable, with the seconds or the date of Retry-After', async (t) => {
  let headers: Record<string, string> = {};
  let status = 503;
  const { url } = await answering(
    t,
    (request, response) => void request.resume().on('end', () => response.writeHead(status, headers).end()),
  );
  const transport = httpTo(t, url);
  const afterMs = async (value?: string): Promise<number | undefined> => {
    headers = value === undefined ? {} : { 'retry-after': value };
    const outcome = await sendOne(transport);
    return outcome.status === 'retryable' ? outcome.afterMs : assert.fail(outcome.status);
  };
  for (status of [408, 429, 502, 503, 504]) assert.equal(await afterMs(), undefined);
  assert.equal(await afterMs('7'), 7000);
  assert.equal(await afterMs('soon'), undefined);
  assert.equal(await afterMs('Wed, 21 Oct 2015 07:28:00 GMT'), 0);
  assert.equal(await afterMs('86400'), 300_000);
  assert.equal(await afterMs('Fri, 31 Dec 9999 23:59:59 GMT'), 300_000);
  const inAMinute = (await afterMs(new Date(Date.now() + 60_000).toUTCString())) ?? 0;
  assert.ok(inAMinute > 50_000 && inAMinute <= 60_000);
});

test('a redirect is refused: nothing goes where nobody configured it', async (t) => {
  const elsewhere = await startCollector(t);
  const redirect = async (status: number, location: string) => {
    const { url } = await answering(t, (request, response) => {
      request.resume();
      response.writeHead(status, { location }).end();
    });
    return { outcome: await sendOne(httpTo(t, url)), base: new URL(url).origin };
  };
  for (const status of [301, 302, 303, 307, 308]) {
    const location = `${elsewhere.jaegerUrl.replace('//', '//user:S3cret@')}?token=S3cret`;
    assert.deepEqual((await redirect(status, location)).outcome, {
      status: 'refused',
      why: `answered ${status} to 2 spans, a redirect to ${elsewhere.jaegerUrl}, which is not followed`,
      elsewhere: true,
    });
  }
  const { outcome, base } = await redirect(308, '/login');
  assert.match((outcome as { why: string }).why, new RegExp(`a redirect to ${base}/login,`));
  assert.match(((await redirect(302, 'http://[')).outcome as { why: string }).why, /a redirect to what is no URL,/);
  assert.equal(elsewhere.requests.length, 0);
});

test("Jaeger's 500 for a batch that it could read and not store is retryable", async (t) => {
  let said = 'Cannot submit Jaeger batch: server busy\n';
  const { url } = await answering(
    t,
    (request, response) => void request.resume().on('end', () => response.writeHead(500).end(said)),
  );
  const transport = httpTo(t, url);
  assert.equal((await sendOne(transport)).status, 'retryable');
  said = 'panic';
  assert.equal((await sendOne(transport)).status, 'refused');
});

test('spans that the collector rejects although it answers 200 are counted with its reason', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}');
  });
  assert.deepEqual(await sendOne(httpTo(t, url)), { status: 'delivered', rejected: { spans: 1, why: 'too old' } });
});

test('a 200 whose body breaks off is a 200: the spans were taken', async (t) => {
  const { url } = await answering(t, (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
  });
  assert.deepEqual(await sendOne(httpTo(t, url)), { status: 'delivered' });
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { encodeSpan, sendSpan } from '../../../src/cli/doctor/send-span.ts';
import type { Target } from '../../../src/cli/doctor/find-routes.ts';
import { createJaegerEncoder } from '../../../src/wire/jaeger-encoder.ts';
import { listen } from '../../export/servers.ts';
import { startCollector } from '../../support/collector.ts';
import { refusedPort } from '../../support/ports.ts';
import { aSpan } from '../../wire/spans.ts';

const to = (url: string): Target => ({ kind: 'http', url, headers: {}, gzip: false });
const payload = () => encodeSpan(createJaegerEncoder(), aSpan());

test('one span arrives, and the answer is told with its status', async (t) => {
  const collector = await startCollector(t);
  const { outcome, status, target } = await sendSpan(to(collector.jaegerUrl), payload(), 3000);
  assert.deepEqual(
    [outcome.status, status, target, collector.spans.length],
    ['delivered', 202, collector.jaegerUrl, 1],
  );
});

test("the collector's clock is read from its answer; where nobody answers there is none", async (t) => {
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
    request.resume().once('end', () => response.writeHead(503).end());
  });
  const sent = await sendSpan(to(`http://127.0.0.1:${await listen(t, server)}/`), payload(), 3000);
  assert.deepEqual([sent.outcome.status, sent.status], ['retryable', 503]);
  assert.ok(Math.abs((sent.skewMs ?? 0) + 600_000) < 5000, String(sent.skewMs));
  const away = await sendSpan(to(`http://127.0.0.1:${await refusedPort()}/`), payload(), 3000);
  assert.deepEqual(
    [away.outcome, away.status, away.skewMs],
    [{ status: 'retryable', why: 'ECONNREFUSED' }, undefined, undefined],
  );
});

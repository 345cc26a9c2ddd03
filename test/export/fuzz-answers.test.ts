import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGrpcTransport } from '../../src/export/grpc-transport.ts';
import { createHttpTransport } from '../../src/export/http-transport.ts';
import { seeded } from '../spool/mutate.ts';
import { fuzz, type FuzzReport } from './fuzz-answers.ts';
import { speakGrpc } from './grpc-answers.ts';
import { speakHttp, wellFormedAnswer } from './http-answers.ts';
import { httpTo, speaking } from './servers.ts';
import { inMs, payloadOf } from './support.ts';

const SEED = 20_261_122;
/** A loaded machine may be late; a send that hangs is later. */
const MAX_LATE_MS = 10_000;

function check({ wrong, worstLateMs, leftOpen, outcomes }: FuzzReport, count: number): void {
  assert.deepEqual([wrong, leftOpen], [[], 0]);
  assert.ok(worstLateMs < MAX_LATE_MS, `${worstLateMs} ms after the deadline`);
  assert.equal(outcomes.delivered + outcomes.refused + outcomes.retryable, count);
  for (const [outcome, times] of Object.entries(outcomes)) assert.ok(times > count / 50, `${times} ${outcome}`);
}

for (const [name, sendsPerTransport] of [
  ['each on a connection of its own', 1],
  ['on connections that are kept', 20],
] as const) {
  test(`1500 HTTP answers at random, ${name}: each send comes to one outcome, and no socket is left`, async () => {
    const report = await fuzz({
      count: 1500,
      random: seeded(SEED + sendsPerTransport),
      speak: speakHttp,
      createTransport: (url, random) => createHttpTransport({ url, headers: {}, gzip: random(2) === 0 }),
      sendsPerTransport,
      concurrency: 8,
    });
    check(report, 1500);
  });
}

test('1500 answers at random to gRPC calls: each send comes to one outcome, and no socket is left', async () => {
  const report = await fuzz({
    count: 1500,
    random: seeded(SEED),
    speak: speakGrpc,
    createTransport: (url, random) => createGrpcTransport({ url, headers: {}, gzip: random(2) === 0 }),
    sendsPerTransport: 5,
    concurrency: 8,
  });
  check(report, 1500);
});

test('300 answers that are as they should be come to what their status says', async (t) => {
  const random = seeded(SEED);
  for (let n = 0; n < 300; n++) {
    const answer = wellFormedAnswer(random);
    const url = await speaking(t, (socket) => speakHttp(socket, random, () => answer));
    const transport = httpTo(t, url);
    const outcome = await transport.send(payloadOf(1), inMs(20_000));
    transport.close();
    assert.equal(outcome.status, answer.expected, Buffer.concat(answer.pieces).toString('latin1').slice(0, 500));
  }
});

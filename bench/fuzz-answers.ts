/**
 * Has transports send to servers that answer at random: wrong, cut, slow, endless, none of HTTP.
 *
 *     node bench/fuzz-answers.ts [HTTP answers, default 100000] [seed]
 *
 * Half of them come on connections of their own, half on kept ones; half as many answers again are to gRPC calls. Each
 * send must come to one outcome in time, and no socket may be left. Ends with 1 where that is not so.
 */
import { createGrpcTransport } from '../src/export/grpc-transport.ts';
import { createHttpTransport } from '../src/export/http-transport.ts';
import { fuzz, type FuzzOptions } from '../test/export/fuzz-answers.ts';
import { speakGrpc } from '../test/export/grpc-answers.ts';
import { speakHttp } from '../test/export/http-answers.ts';
import { seeded } from '../test/spool/mutate.ts';

const [answers = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const MAX_LATE_MS = 5_000;
const random = seeded(seed);

const parts: Readonly<Record<string, Pick<FuzzOptions, 'speak' | 'createTransport' | 'sendsPerTransport'>>> = {
  'HTTP, a connection each': {
    speak: speakHttp,
    createTransport: (url) => createHttpTransport({ url, headers: {}, gzip: random(2) === 0 }),
    sendsPerTransport: 1,
  },
  'HTTP, kept connections': {
    speak: speakHttp,
    createTransport: (url) => createHttpTransport({ url, headers: {}, gzip: random(2) === 0 }),
    sendsPerTransport: 50,
  },
  gRPC: {
    speak: speakGrpc,
    createTransport: (url) => createGrpcTransport({ url, headers: {}, gzip: random(2) === 0 }),
    sendsPerTransport: 10,
  },
};

console.log(`${answers} HTTP answers, seed ${seed}`);
const startedMs = performance.now();
let isGood = true;
for (const [name, part] of Object.entries(parts)) {
  const count = Math.ceil(answers / 2);
  const beganMs = performance.now();
  const { outcomes, wrong, worstLateMs, leftOpen, connections, whys } = await fuzz({
    ...part,
    count,
    random,
    concurrency: 8,
  });
  const seconds = (performance.now() - beganMs) / 1000;
  const { delivered, refused, retryable } = outcomes;
  const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(`\n${name}: ${count} in ${seconds.toFixed(1)} s (${Math.round(count / seconds)}/s), ${rss} MiB`);
  console.log(`  ${delivered} delivered, ${refused} refused, ${retryable} retryable, over ${connections} connections`);
  console.log(
    `  ${wrong.length} wrong, ${leftOpen} sockets left, ${worstLateMs.toFixed(0)} ms after the deadline at most`,
  );
  for (const text of wrong.slice(0, 10)) console.log(`    ${text}`);
  for (const [why, times] of [...whys].toSorted(([, a], [, b]) => b - a).slice(0, 12)) {
    console.log(`  ${String(times).padStart(7)} ${why}`);
  }
  isGood &&= wrong.length === 0 && leftOpen === 0 && worstLateMs < MAX_LATE_MS;
  isGood &&= delivered + refused + retryable === count;
}
console.log(`\n${((performance.now() - startedMs) / 1000).toFixed(1)} s in all: ${isGood ? 'good' : 'NOT GOOD'}`);
process.exitCode = isGood ? 0 : 1;

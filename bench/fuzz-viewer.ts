/**
 * Damages bodies of every format that the viewer takes, and has it decode, keep and show what is left of them.
 *
 *     node bench/fuzz-viewer.ts [mutations, default 100000] [seed]
 *
 * Every body must be spans or an error, and every span that was taken must be shown. Ends with 1 where one is not.
 */
import { fuzz } from '../test/viewer/fuzz.ts';

const [mutations = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const ROUND = 5000;
const startedMs = performance.now();
const sum = { decoded: 0, spans: 0, refused: 0, wrong: 0 };
let peakBytes = 0;

for (let done = 0, round = 0; done < mutations; done += ROUND, round++) {
  const result = fuzz(Math.min(ROUND, mutations - done), seed + round);
  sum.decoded += result.decoded;
  sum.spans += result.spans;
  sum.refused += result.refused;
  for (const line of [...result.crashes, ...result.unshowable]) {
    sum.wrong++;
    console.log(`seed ${seed + round}: ${line}`);
  }
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}

const seconds = (performance.now() - startedMs) / 1000;
console.log(
  `${mutations} bodies, seed ${seed}, in ${seconds.toFixed(1)} s, ${Math.round(peakBytes / 2 ** 20)} MiB at most`,
);
console.log(`${sum.decoded} decoded with ${sum.spans} spans, ${sum.refused} refused, ${sum.wrong} went wrong`);
process.exitCode = sum.wrong === 0 ? 0 : 1;

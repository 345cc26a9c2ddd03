/**
 * Damages spool files in every way that disks, kills and people do, and has a spool read them all.
 *
 *     node bench/fuzz-spool.ts [files, default 100000] [seed]
 *
 * Every file must come out once, as damaged or as the payload that was in it. Ends with 1 where one does not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packSync } from '../src/spool/spool-file.ts';
import { toFileName } from '../src/spool/spool-name.ts';
import { Spool } from '../src/spool/spool.ts';
import { mutate, seeded } from '../test/spool/mutate.ts';

const [files = 100_000, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
const ROUND = 500;
const random = seeded(seed);
const parent = mkdtempSync(join(tmpdir(), 'fuzz-spool-'));
const startedMs = performance.now();
const ended = { whole: 0, damaged: 0, wrong: 0, spans: 0 };
let spansWritten = 0;
let peakBytes = 0;

for (let written = 0; written < files; written += ROUND) {
  const directory = mkdtempSync(join(parent, 'round-'));
  const bodies = new Map<number, Uint8Array>();
  const count = Math.min(ROUND, files - written);
  for (let sequence = 1; sequence <= count; sequence++) {
    const spans = 1 + random(512);
    const body = Uint8Array.from({ length: random(3000) }, () => random(random(256) + 1));
    bodies.set(sequence, body);
    spansWritten += spans;
    const name = {
      writtenAtMs: Date.now(),
      writer: 'ffffffff',
      sequence,
      spans,
      format: 'jaeger',
      state: 'spool',
    } as const;
    writeFileSync(join(directory, toFileName(name)), mutate(packSync({ body, contentType: 'a/b', spans }), random));
  }
  const spool = new Spool({ directory, format: 'jaeger', maxBytes: 1e9, maxAgeMs: 1e9, claimMs: 60_000 });
  for (;;) {
    const claim = await spool.claim(({ spans }) => {
      ended.damaged++;
      ended.spans += spans;
    });
    if (claim === undefined) break;
    const { file, payload } = claim;
    ended.spans += file.spans;
    if (Buffer.compare(payload.body, bodies.get(file.sequence) ?? Buffer.of()) === 0) ended.whole++;
    else ended.wrong++;
    await spool.remove(file);
  }
  rmSync(directory, { recursive: true });
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}

rmSync(parent, { recursive: true });
const seconds = (performance.now() - startedMs) / 1000;
console.log(`${files} files, seed ${seed}, in ${seconds.toFixed(1)} s, ${Math.round(peakBytes / 2 ** 20)} MiB at most`);
console.log(`${ended.whole} whole, ${ended.damaged} damaged, ${ended.wrong} read as something else`);
console.log(`${ended.spans} of ${spansWritten} spans came out, as one or the other`);
const isExact = ended.whole + ended.damaged === files && ended.spans === spansWritten;
process.exitCode = isExact ? 0 : 1;

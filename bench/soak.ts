/**
 * Whether spans get lost, come twice, or pile up, over minutes of trouble.
 *
 *   node bench/soak.ts [--minutes 10] [--rate 1000] [--jaeger]
 *
 * An app ends spans with running numbers under the preload, which has a spool directory. Five times the collector is
 * killed and started anew; in the third of these outages the app is killed too (SIGKILL) and started with the same
 * directory. Then what arrived is held against what had ended. With `--jaeger` spans go by Thrift and each batch has to be taken by a
 * real Jaeger before it counts; what that one then shows is compared too.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Jaeger, startJaeger } from '../test/support/jaeger/start-jaeger.ts';
import { freePort } from '../test/support/ports.ts';
import { checkout, importFlag } from '../test/support/run.ts';
import type { Report } from './support/bench.ts';
import { judge, type Life, type Line, type Mark, ranges } from './support/judge.ts';
import { launch, type Launched } from './support/launch.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';
import { median, slope } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
    jaeger: { type: 'boolean', default: false },
  },
});
const totalMs = Number(values.minutes) * 60_000;
const rate = Number(values.rate);

/** A shorter run shows that it works, and is no result. */
const RESULT_MINUTES = 5;
const OUTAGES = 5;
/** The outage in which the app is killed. */
const KILL_IN = 3;
/** The same part of the time in each cycle is an outage. */
const cycleMs = totalMs / (OUTAGES + 1);
const outageMs = cycleMs / 3;
/** The default, or short enough for a short run to show more than the spans that are allowed to be missing. */
const scheduleDelayMs = Math.round(Math.min(5000, outageMs / 4));
/** What is that much older than a batch may get is on disk, however busy the machine is. */
const WRITTEN_MS = 1000;
const GRACE_MS = 1000;
/** No batch for so long: none is under way. */
const QUIET_MS = scheduleDelayMs + 1500;
/** A batch comes at least so often while the app ends spans. */
const NEXT_BATCH_MS = 2 * scheduleDelayMs;
/** What is in the spool by then stays there: the preload looks every 30 s for what a process that died has left. */
const DRAIN_MS = 120_000;
const MIB = 1024 * 1024;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'otel-preload-soak-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const spoolDir = join(dir, 'spool');
const port = await freePort();
const startedMs = Date.now();
const killsMs: number[] = [];

function say(text: string): void {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${text}\n`);
}

// --- the collector ---

let collector: { readonly recorder: Launched; readonly jaeger: Jaeger | undefined } | undefined;
const recordingFiles: string[] = [];

async function startCollector(): Promise<void> {
  const jaeger = values.jaeger ? await startJaeger() : undefined;
  const file = join(dir, `received-${recordingFiles.length}.jsonl`);
  recordingFiles.push(file);
  const behind = jaeger === undefined ? [] : [jaeger.thriftUrl];
  const recorder = launch({ program: here('support/recorder.ts'), args: [String(port), file, ...behind] });
  await recorder.next();
  collector = { recorder, jaeger };
}

/** Kills it right after it has taken a batch, whose answer is then lost. */
async function killCollector(): Promise<void> {
  if (collector === undefined) return;
  const { recorder, jaeger } = collector;
  collector = undefined;
  const bytes = recordedBytes();
  const untilMs = Date.now() + NEXT_BATCH_MS;
  while (recordedBytes() === bytes && Date.now() < untilMs) await delay(1);
  recorder.kill('SIGKILL');
  killsMs.push(Date.now());
  await recorder.ended;
  await jaeger?.close();
  if (recorder.output !== '') say(`the recorder said: ${recorder.output.trim()}`);
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // A kill may have cut the last line; such a batch was not answered.
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Line);
}

const recordedBytes = (): number =>
  recordingFiles.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);

/** Waits until the spool is empty and no batch has come for a while. */
async function drained(): Promise<void> {
  let bytes = -1;
  let sinceMs = Date.now();
  const untilMs = Date.now() + DRAIN_MS;
  while ((Date.now() - sinceMs < QUIET_MS || spoolBytes() > 0) && Date.now() < untilMs) {
    if (recordedBytes() !== bytes) {
      bytes = recordedBytes();
      sinceMs = Date.now();
    }
    await delay(100);
  }
}

// --- the app ---

interface State {
  readonly ended: number;
  readonly heapUsed: number;
  readonly rss: number;
  readonly stats: {
    readonly ended: number;
    readonly delivered: number;
    readonly spooled: number;
    readonly dropped: object;
  };
}

interface App extends Launched {
  readonly journal: string;
}

const apps: App[] = [];

async function startApp(spansPerSecond: number): Promise<App> {
  const journal = join(dir, `journal-${apps.length}`);
  const target = values.jaeger
    ? { TRACING_URL: `http://127.0.0.1:${port}/api/traces` }
    : { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const app = launch({
    program: here('apps/soak.cjs'),
    flags: ['--expose-gc', ...importFlag()],
    env: {
      ...target,
      OTEL_SERVICE_NAME: 'soak',
      OTEL_BSP_SCHEDULE_DELAY: String(scheduleDelayMs),
      TRACING_SPOOL_DIR: spoolDir,
      LIFE: String(apps.length),
      RATE: String(spansPerSecond),
      JOURNAL: journal,
    },
  });
  await app.next();
  const started = Object.assign(app, { journal });
  apps.push(started);
  return started;
}

function journalOf({ journal }: App): Mark[] {
  const bytes = readFileSync(journal);
  const marks: Mark[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    marks.push({ next: bytes.readDoubleLE(at), atMs: bytes.readDoubleLE(at + 8) });
  return marks;
}

function socketsOf(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return statSync(`/proc/${pid}/fd/${fd}`).isSocket();
    } catch {
      return false;
    }
  });
  return links.filter(Boolean).length;
}

function spoolFiles(): string[] {
  if (!existsSync(spoolDir)) return [];
  const entries = readdirSync(spoolDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const spoolBytes = (): number =>
  spoolFiles().reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);

interface Sample {
  readonly life: number;
  readonly atMs: number;
  readonly heapUsed: number;
  readonly rss: number;
  readonly sockets: number;
  readonly spoolBytes: number;
  readonly isUp: boolean;
}

const samples: Sample[] = [];

async function sample(app: App): Promise<State> {
  const state = await app.ask<State>({ ask: 'state' });
  samples.push({
    life: apps.indexOf(app),
    atMs: Date.now() - startedMs,
    heapUsed: state.heapUsed,
    rss: state.rss,
    sockets: socketsOf(app.pid),
    spoolBytes: spoolBytes(),
    isUp: collector !== undefined,
  });
  return state;
}

// --- the run ---

const sampleMs = Math.max(500, totalMs / 200);

async function runFor(ms: number): Promise<void> {
  const untilMs = Date.now() + ms;
  while (Date.now() < untilMs) {
    await delay(Math.min(sampleMs, untilMs - Date.now()));
    await sample(app);
  }
}

say(`${rate} spans/s for ${values.minutes} min, ${OUTAGES} outages of ${(outageMs / 1000).toFixed(1)} s`);
await startCollector();
let app = await startApp(rate);
let killedMs = 0;
for (let outage = 1; outage <= OUTAGES; outage++) {
  await runFor(cycleMs - outageMs);
  await killCollector();
  say(`outage ${outage}: the collector is killed`);
  if (outage === KILL_IN) {
    await runFor(outageMs / 2);
    app.kill('SIGKILL');
    killedMs = Date.now();
    killsMs.push(killedMs);
    await app.ended;
    say(`the app is killed; ${(spoolBytes() / MIB).toFixed(1)} MiB in the spool`);
    app = await startApp(rate);
    await runFor(outageMs / 2);
  } else {
    await runFor(outageMs);
  }
  await startCollector();
  say(`the collector is back; ${(spoolBytes() / MIB).toFixed(1)} MiB in the spool`);
}
await runFor(cycleMs - outageMs);
await app.ask({ ask: 'stop' });
say('the app has ended its last span');
await drained();
const last = await sample(app);
say('all that was on its way has arrived');
app.kill('SIGTERM');
const end = await app.ended;
const left = spoolFiles().length;
const leftBytes = spoolBytes();
if (leftBytes > 0) {
  say(
    `${(leftBytes / MIB).toFixed(1)} MiB are still in the spool; a third process without spans of its own gets to send them`,
  );
  const third = await startApp(0);
  await drained();
  third.kill('SIGTERM');
  await third.ended;
}
const shown = await countShown();
await killCollector();

/** What the last Jaeger shows, and what its recorder had handed to it. */
async function countShown(): Promise<{ readonly shown: number; readonly handed: number } | undefined> {
  if (collector?.jaeger === undefined) return undefined;
  const traces = await collector.jaeger.traces('soak');
  const ids = new Set(
    traces.flatMap(({ spans }) => spans.map(({ tags }) => `${tags['soak.life']} ${tags['soak.number']}`)),
  );
  const handed = linesOf(recordingFiles.at(-1) ?? '').flatMap((line) => ('spans' in line ? line.spans : []));
  return { shown: ids.size, handed: new Set(handed.map((span) => span.join(' '))).size };
}

// --- the verdict ---

const lives: Life[] = apps.map((one, life) => ({
  journal: journalOf(one),
  killedMs: life === 0 ? killedMs : undefined,
}));
const judgement = judge({
  lives,
  recordings: recordingFiles.map(linesOf),
  killsMs,
  allowedMs: scheduleDelayMs + WRITTEN_MS,
  graceMs: GRACE_MS,
});
const { ended, received, lost, young, oldestMissingMs, againByKill, again, unknown } = judgement;
const dropped = Object.values(last.stats.dropped as Record<string, number>).reduce((sum, spans) => sum + spans, 0);
const held = last.stats.ended - last.stats.delivered - last.stats.spooled - dropped;

/** Of the life that ended in order, the collector up, the beginning left out: what it costs then it may cost for ever. */
const calm = samples.filter(({ life, isUp }) => life === 1 && isUp).slice(3);
const third = Math.ceil(calm.length / 3);
function level(pick: (one: Sample) => number): { first: number; last: number; perMinute: number } {
  const perMinute = slope(calm.map((one) => [one.atMs / 60_000, pick(one)]));
  return { first: median(calm.slice(0, third).map(pick)), last: median(calm.slice(-third).map(pick)), perMinute };
}
const heap = level(({ heapUsed }) => heapUsed / MIB);
const rss = level((one) => one.rss / MIB);
const sockets = level((one) => one.sockets);
const megabytes = ({ first, last: final, perMinute }: typeof heap): string =>
  `${first.toFixed(1)} → ${final.toFixed(1)} MiB (${perMinute.toFixed(2)} a minute)`;
const numbers = (spans: typeof lost): string =>
  spans.length === 0
    ? '0'
    : lives
        .map(
          (_, life) =>
            `life ${life + 1}: ${ranges(spans.filter((one) => one.life === life).map(({ number }) => number))}`,
        )
        .filter((text) => !text.endsWith('(0)'))
        .join('; ');

const checks: readonly (readonly [what: string, found: string, isGood: boolean])[] = [
  ['ended', `${ended}, in ${lives.length} processes`, ended > 0],
  ['arrived', String(received), received === ended - young],
  ['missing', numbers(lost), lost.length === 0],
  [
    `missing, at most ${scheduleDelayMs} + ${WRITTEN_MS} ms old when the app was killed`,
    young === 0 ? '0' : `${young}, the oldest ${oldestMissingMs.toFixed(0)} ms`,
    true,
  ],
  ['twice, because a kill ate the answer', String(againByKill), true],
  ['twice otherwise', numbers(again), again.length === 0],
  ['arrived, but never ended', String(unknown), unknown === 0],
  [
    'ledger of the second process',
    `${last.stats.ended} ended = ${last.stats.delivered} delivered + ${last.stats.spooled} spooled + ${dropped} dropped + ${held} held`,
    last.stats.ended === last.ended && dropped === 0 && held === 0,
  ],
  ['ends by SIGTERM', String(end.signal ?? end.code), end.signal === 'SIGTERM'],
  ['left in the spool after that', `${leftBytes} bytes in ${left} files`, leftBytes === 0],
  ['heap after garbage collection', megabytes(heap), heap.last - heap.first < 2],
  ['RSS', megabytes(rss), rss.last - rss.first < 20],
  [
    'sockets',
    `${sockets.first} → ${sockets.last} (${sockets.perMinute.toFixed(2)} a minute)`,
    sockets.last <= sockets.first + 1,
  ],
  ...(shown === undefined
    ? []
    : [['the last Jaeger shows', `${shown.shown} of ${shown.handed}`, shown.shown === shown.handed] as const]),
];
for (const [life, one] of apps.entries())
  if (one.output !== '') process.stdout.write(`\nlife ${life + 1} printed:\n${one.output}`);
const report: Report = {
  title: values.jaeger ? 'Soak, with a real Jaeger' : 'Soak',
  about:
    `${rate} spans a second for ${values.minutes} minutes; the collector killed and started ${OUTAGES} times, away ` +
    `${(outageMs / 1000).toFixed(1)} s each time; the app killed once, in the outage number ${KILL_IN}.`,
  headings: ['', 'found', ''],
  rows: checks.map(([what, found, isGood]) => [what, found, isGood ? 'ok' : 'BAD']),
  notes: [],
  plots: [],
  data: { judgement, samples },
  failures: [],
};
process.stdout.write(`\n${toText(report, '##')}`);
if (Number(values.minutes) >= RESULT_MINUTES) {
  writeResults(here('results'), values.jaeger ? 'soak-jaeger' : 'soak', report, describeMachine(checkout));
}
process.exitCode = checks.every(([, , isGood]) => isGood) ? 0 : 1;

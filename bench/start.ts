/** How much later an app is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Options, Report } from './support/bench.ts';
import { launch } from './support/launch.ts';
import { besideBare, figure, inRounds, type Rounds, show } from './support/rounds.ts';
import { app, APP_CORE, calm, startSink, type Sink } from './support/trial.ts';
import type { Variant } from './support/variants.ts';

/** Programs, and whether they tell when they are ready; one that does not is there when it has ended. */
const programs = [
  { name: 'empty program', file: 'empty.cjs', ends: true },
  { name: 'HTTP app', file: 'http.cjs', ends: false },
  { name: 'Express and gRPC', file: 'express-grpc.cjs', ends: false },
] as const;

/**
 * Node.js puts its compile cache below TMPDIR where nobody names a directory; each variant has a TMPDIR of its own, which
 * stays from start to start but for the cold ones.
 */
const caches = {
  again: 'started before on this machine',
  cold: 'as in a fresh container: no compile cache',
  cached: 'the app asks for `NODE_COMPILE_CACHE`, and it is filled',
} as const;
type Cache = keyof typeof caches;
const cacheNames = Object.keys(caches) as Cache[];

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

type Result = ReadonlyMap<string, Start>;

const key = (program: string, cache: Cache): string => `${program}, ${cache}`;

export const start: Bench = {
  name: 'start',
  async run(options) {
    const sink = await startSink();
    const temp = mkdtempSync(join(tmpdir(), 'otel-preload-bench-'));
    try {
      const all = await inRounds(
        options,
        (variant) => trial(options, variant, sink, temp),
        (result) => [...result.values()].map(({ wallMs }) => wallMs.toFixed(0)).join(' '),
      );
      return report(all);
    } finally {
      sink.close();
      rmSync(temp, { recursive: true, force: true });
    }
  },
};

/** Of so many starts the quickest counts: others on the machine only ever make one slower. */
const STARTS = 3;

async function trial({ patienceMs, short }: Options, variant: Variant, sink: Sink, temp: string): Promise<Result> {
  const untilMs = performance.now() + patienceMs;
  const result = new Map<string, Start>();
  for (const { name, file, ends } of programs) {
    for (const cache of cacheNames) {
      const once = async (): Promise<Start> => {
        await calm(untilMs);
        const dir = cache === 'cold' ? mkdtempSync(join(temp, 'cold-')) : join(temp, variant.name);
        return await startOnce(variant, file, ends, sink, {
          TMPDIR: dir,
          ...(cache === 'cold' ? { NODE_DISABLE_COMPILE_CACHE: '1' } : {}),
          ...(cache === 'cached' ? { NODE_COMPILE_CACHE: join(dir, 'app') } : {}),
        });
      };
      // What a start leaves for the next one; a cold one has none before it.
      if (cache !== 'cold') await once();
      result.set(key(name, cache), await quickest(short ? 1 : STARTS, once));
    }
  }
  return result;
}

async function quickest(count: number, once: () => Promise<Start>): Promise<Start> {
  let best = await once();
  for (let i = 1; i < count; i++) {
    const start = await once();
    if (start.wallMs < best.wallMs) best = start;
  }
  return best;
}

async function startOnce(
  variant: Variant,
  file: string,
  ends: boolean,
  sink: Sink,
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const beganNs = process.hrtime.bigint();
  const child = launch({
    program: app(file),
    flags: variant.flags,
    env: { ...variant.env(sink.port), ...env },
    core: APP_CORE,
  });
  try {
    if (ends) {
      const { code, signal } = await child.ended;
      const wallMs = Number(process.hrtime.bigint() - beganNs) / 1e6;
      if (code !== 0) throw new Error(`ended (${signal ?? code})\n${child.output}`);
      return { wallMs, cpuMs: NaN };
    }
    const { atNs, cpuUs } = await child.next<{ atNs: string; cpuUs: number }>();
    return { wallMs: Number(BigInt(atNs) - beganNs) / 1e6, cpuMs: cpuUs / 1000 };
  } finally {
    // Node.js writes its compile cache when it ends in order.
    child.kill('SIGTERM');
    await Promise.race([child.ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
    child.kill('SIGKILL');
    await child.ended;
  }
}

function report(all: Rounds<Result>): Report {
  const wall = (name: string) => (one: Result) => one.get(name)?.wallMs ?? NaN;
  const rows = programs.flatMap(({ name: program }) =>
    all.variants.map((variant) => [
      program,
      variant.name,
      ...cacheNames.flatMap((cache) => {
        const ms = wall(key(program, cache));
        return [
          show(figure(all, variant, ms), 0),
          show(
            besideBare(all, variant, (one, bare) => ms(one) / ms(bare) - 1),
            2,
          ),
        ];
      }),
    ]),
  );
  const plots = (['again', 'cold'] as const).map((cache) => ({
    title: `Start of an HTTP app, ${caches[cache]}: ms added`,
    bars: all.variants.flatMap((variant) => {
      const name = key('HTTP app', cache);
      const value = besideBare(all, variant, (one, bare) => wall(name)(one) - wall(name)(bare));
      return value === undefined ? [] : [{ label: variant.name, value }];
    }),
  }));
  return {
    title: 'Start',
    about:
      'From the start of the process until the server listens; of the empty program until the process is gone. The start of `taskset`, about a millisecond, is in it.',
    headings: ['program', 'variant', ...cacheNames.flatMap((cache) => [`${cache}: ms`, 'added, × bare'])],
    rows,
    notes: cacheNames.map((cache) => `- ${cache}: ${caches[cache]}`),
    plots,
    data: Object.fromEntries(
      all.variants.map((variant) => [variant.name, all.of(variant).map((one) => one && Object.fromEntries(one))]),
    ),
    failures: all.failures,
  };
}

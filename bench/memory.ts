/** What a server keeps in memory: after its start, under load, and when it is quiet again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Options, Report } from './support/bench.ts';
import { launch } from './support/launch.ts';
import { memoryOf } from './support/proc.ts';
import { besideBare, figure, inRounds, type Rounds, show } from './support/rounds.ts';
import { DRIVER_CORE, end, startApp, startSink, support, type Sink } from './support/trial.ts';
import type { Variant } from './support/variants.ts';

const STARTED_MS = 1000;
const LOAD_MS = 10_000;
const QUIET_MS = 60_000;

interface Result {
  readonly started: number;
  readonly peak: number;
  readonly quiet: number;
}

export const memory: Bench = {
  name: 'memory',
  // A quiet minute is long, and other processes do not change what is measured.
  once: true,
  async run(options) {
    const sink = await startSink();
    try {
      const all = await inRounds(
        options,
        (variant) => trial(options, variant, sink),
        ({ started, peak, quiet }) => `${started.toFixed(0)}, ${peak.toFixed(0)}, ${quiet.toFixed(0)} MiB`,
      );
      return report(all);
    } finally {
      sink.close();
    }
  },
};

async function trial({ short }: Options, variant: Variant, sink: Sink): Promise<Result> {
  await sink.reset(0);
  const scale = short ? 0.02 : 1;
  const { process: app, ready } = await startApp(variant, 'http.cjs', sink);
  const load = launch({
    program: support('http-load.ts'),
    args: [String(ready.port), '/hello?name=ada', '64'],
    core: DRIVER_CORE,
  });
  try {
    await load.next();
    await delay(STARTED_MS * scale);
    const { rss: started } = memoryOf(app.pid);
    await load.ask({ ask: 'run', ms: LOAD_MS * scale });
    const { peak } = memoryOf(app.pid);
    await delay(QUIET_MS * scale);
    const { rss: quiet } = memoryOf(app.pid);
    load.kill('SIGKILL');
    await end(app, variant, sink);
    return { started, peak, quiet };
  } finally {
    load.kill('SIGKILL');
    app.kill('SIGKILL');
  }
}

const moments = {
  started: '1 s after the start',
  peak: 'most, in 10 s of full load',
  quiet: 'after a quiet minute',
} as const;

function report(all: Rounds<Result>): Report {
  const names = Object.keys(moments) as (keyof Result)[];
  const over = (variant: Variant, name: keyof Result) =>
    besideBare(all, variant, (one, bare) => one[name] - bare[name]);
  const rows = all.variants.map((variant) => [
    variant.name,
    ...names.flatMap((name) => [
      show(
        figure(all, variant, (one) => one[name]),
        0,
      ),
      show(over(variant, name), 0),
    ]),
  ]);
  return {
    title: 'Memory',
    about:
      'Resident memory in MiB of the HTTP hello server, 64 keep-alive connections, and how much that is over the bare app.',
    headings: ['variant', ...names.flatMap((name) => [moments[name], 'over bare'])],
    rows,
    notes: [],
    plots: names.map((name) => ({
      title: `Resident memory, ${moments[name]}: MiB over the bare app`,
      bars: all.variants.flatMap((variant) => {
        const value = over(variant, name);
        return value === undefined ? [] : [{ label: variant.name, value }];
      }),
    })),
    data: Object.fromEntries(all.variants.map((variant) => [variant.name, all.of(variant)])),
    failures: all.failures,
  };
}

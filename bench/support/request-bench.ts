/** Benches that make requests: what each costs in processor time, and how many a core does in a second. */
import type { Bench, Options, Report } from './bench.ts';
import type { Run } from './closed-loop.ts';
import { launch, type Launched } from './launch.ts';
import { cpuSeconds } from './proc.ts';
import { spread } from './statistics.ts';
import { besideBare, figure, inRounds, show } from './rounds.ts';
import { drained, DRIVER_CORE, end, inCalm, startApp, startSink, support, type Sink, watchOthers } from './trial.ts';
import type { Variant } from './variants.ts';

export interface RequestBench {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** The app, in bench/apps. */
  readonly program: string;
  readonly spansPerRequest: number;
  /**
   * Program in bench/support that makes the requests, and its arguments after the port. Without it the app makes them
   * itself, to the port in `TARGET_PORT`.
   */
  readonly load?: readonly [program: string, ...args: string[]];
  readonly needs?: string;
}

interface Result {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly spansPerRequest: number;
  readonly bytesPerSpan: number;
  /** Cores that others used meanwhile. */
  readonly others: number;
}

/** V8 needs so long to compile all that a tracer does for a request as well as it can. */
const WARM_UP_MS = 2500;

export function requestBench(bench: RequestBench): Bench {
  return {
    name: bench.name,
    ...(bench.needs === undefined ? {} : { needs: bench.needs }),
    async run(options) {
      const sink = await startSink();
      try {
        const failures: string[] = [];
        const all = await inRounds(
          options,
          (variant) => inCalm(options.patienceMs, () => trial(bench, options, variant, sink, failures)),
          ({ cpuUs, perSecond, others }) =>
            `${cpuUs.toFixed(1)} µs, ${perSecond.toFixed(0)} requests/s; others use ${others.toFixed(1)} cores`,
        );
        return report(bench, all, [...all.failures, ...failures]);
      } finally {
        sink.close();
      }
    },
  };
}

async function trial(
  bench: RequestBench,
  { ms, short }: Options,
  variant: Variant,
  sink: Sink,
  failures: string[],
): Promise<Result> {
  await sink.reset(0);
  const helpers: Launched[] = [];
  const help = async ([program = '', ...args]: readonly string[]): Promise<Launched> => {
    const helper = launch({ program: support(program), args, core: DRIVER_CORE });
    helpers.push(helper);
    return helper;
  };
  try {
    const target = bench.load === undefined ? await help(['target.ts']) : undefined;
    const targetPort = (await target?.next<{ port: number }>())?.port;
    const env = targetPort === undefined ? {} : { TARGET_PORT: String(targetPort) };
    const { process: app, ready } = await startApp(variant, bench.program, sink, env);
    helpers.push(app);
    let driver = app;
    if (bench.load !== undefined) {
      const [program, ...args] = bench.load;
      driver = await help([program, String(ready.port), ...args]);
      await driver.next();
    }
    const warm = await driver.ask<Run>({ ask: 'run', ms: short ? ms : WARM_UP_MS });
    await drained(sink, variant);
    const before = cpuSeconds(app.pid);
    const others = watchOthers();
    const run = await driver.ask<Run>({ ask: 'run', ms });
    const othersUsed = others();
    await drained(sink, variant);
    const cpu = cpuSeconds(app.pid) - before;
    // A client ends its connections when its server does: who drives goes first.
    if (driver !== app) driver.kill('SIGKILL');
    await end(app, variant, sink);

    const requests = warm.requests + run.requests;
    const { spans, bytes } = await sink.count();
    if (variant.ours && spans !== requests * bench.spansPerRequest) {
      failures.push(`${variant.name}: ${spans} spans of ${requests} requests, not ${requests * bench.spansPerRequest}`);
    }
    if (variant.name !== 'bare' && spans === 0) throw new Error(`no spans\n${app.output}`);
    return {
      cpuUs: (cpu / run.requests) * 1e6,
      perSecond: run.requests / (run.ms / 1000),
      spansPerRequest: spans / requests,
      bytesPerSpan: bytes / spans,
      others: othersUsed,
    };
  } finally {
    for (const helper of helpers) helper.kill('SIGKILL');
  }
}

type All = Awaited<ReturnType<typeof inRounds<Result>>>;

function report(bench: RequestBench, all: All, failures: readonly string[]): Report {
  const added = (one: Result, bare: Result): number => one.cpuUs / bare.cpuUs - 1;
  const rows = all.variants.map((variant) => {
    const traced = variant.name !== 'bare';
    const spans = figure(all, variant, ({ spansPerRequest }) => spansPerRequest);
    return [
      variant.name,
      show(
        figure(all, variant, ({ cpuUs }) => cpuUs),
        1,
      ),
      show(besideBare(all, variant, added), 2),
      show(
        figure(all, variant, ({ perSecond }) => perSecond),
        0,
      ),
      show(
        besideBare(all, variant, (one, bare) => one.perSecond / bare.perSecond),
        2,
      ),
      traced ? spans.median.toFixed(2) : '–',
      traced && variant.usualSpans ? share(spans.median / bench.spansPerRequest) : '–',
      traced ? figure(all, variant, ({ bytesPerSpan }) => bytesPerSpan).median.toFixed(0) : '–',
    ];
  });
  const others = spread(all.variants.flatMap((variant) => all.of(variant).map((one) => one?.others ?? 0)));
  const bars = all.variants.flatMap((variant) => {
    const value = besideBare(all, variant, added);
    return value === undefined ? [] : [{ label: variant.name, value }];
  });
  return {
    title: bench.title,
    about: bench.about,
    headings: [
      'variant',
      'processor µs a request',
      'added, × bare',
      'requests/s',
      '× bare',
      'spans a request',
      'arrived',
      'bytes a span',
    ],
    rows,
    notes: [`Other processes of the machine used ${show(others, 2)} cores meanwhile.`],
    plots: [{ title: `${bench.title}: processor time added to a request, as a multiple of the bare app's own`, bars }],
    data: Object.fromEntries(all.variants.map((variant) => [variant.name, all.of(variant)])),
    failures,
  };
}

function share(part: number): string {
  return `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}

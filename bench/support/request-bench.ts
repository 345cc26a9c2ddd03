/** Benches that make requests: what each costs in processor time, and how many a core does in a second. */
import type { Bench, Options, Report } from './bench.ts';
import type { Run } from './closed-loop.ts';
import { launch, type Launched } from './launch.ts';
import { cpuSeconds } from './proc.ts';
import { type Spread, spread } from './statistics.ts';
import { figure, inRounds, show } from './rounds.ts';
import { drained, DRIVER_CORE, end, inCalm, startApp, startSink, support, type Sink, watchOthers } from './trial.ts';
import { bareVariant, type Variant } from './variants.ts';

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
  /** Processor time over that of the bare app that took turns with it, as a multiple of that app's. */
  readonly added: number;
  /** Requests/s, as a part of that app's. */
  readonly ofBare: number;
  readonly spansPerRequest: number;
  readonly bytesPerSpan: number;
  /** Cores that others used meanwhile. */
  readonly others: number;
}

/** V8 needs so many to compile all that is done for a request as well as it can; with 12 000 an Express app is not there yet. */
const WARM_UP_REQUESTS = 20_000;
/** How long an app has the core before the bare one has it for as long: what a machine does besides lasts for seconds. */
const TURN_MS = 200;

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
          ({ cpuUs, added, ofBare, others }) =>
            `${cpuUs.toFixed(1)} µs, added ${added.toFixed(2)} × bare, ${ofBare.toFixed(2)} of its requests/s; others use ${others.toFixed(1)} cores`,
        );
        return report(bench, all, [...all.failures, ...failures]);
      } finally {
        sink.close();
      }
    },
  };
}

/** An app, and who makes its requests. */
class Loaded {
  readonly app: Launched;
  readonly #driver: Launched;
  readonly #helpers: readonly Launched[];

  private constructor(app: Launched, driver: Launched, helpers: readonly Launched[]) {
    this.app = app;
    this.#driver = driver;
    this.#helpers = helpers;
  }

  static async start(bench: RequestBench, variant: Variant, sink: Sink): Promise<Loaded> {
    const helpers: Launched[] = [];
    const help = ([program = '', ...args]: readonly string[]): Launched => {
      const helper = launch({ program: support(program), args, core: DRIVER_CORE });
      helpers.push(helper);
      return helper;
    };
    try {
      const target = bench.load === undefined ? help(['target.ts']) : undefined;
      const targetPort = (await target?.next<{ port: number }>())?.port;
      const env = targetPort === undefined ? {} : { TARGET_PORT: String(targetPort) };
      const { process: app, ready } = await startApp(variant, bench.program, sink, env);
      helpers.push(app);
      if (bench.load === undefined) return new Loaded(app, app, helpers);
      const [program, ...args] = bench.load;
      const driver = help([program, String(ready.port), ...args]);
      await driver.next();
      return new Loaded(app, driver, helpers);
    } catch (error) {
      for (const helper of helpers) helper.kill('SIGKILL');
      throw error;
    }
  }

  run(ms: number): Promise<Run> {
    return this.#driver.ask<Run>({ ask: 'run', ms });
  }

  /** A client ends its connections when its server does: who drives goes first. */
  async end(variant: Variant, sink: Sink): Promise<void> {
    if (this.#driver !== this.app) this.#driver.kill('SIGKILL');
    await end(this.app, variant, sink);
  }

  kill(): void {
    for (const helper of this.#helpers) helper.kill('SIGKILL');
  }
}

/** What an app did in its turns. */
class Turns {
  requests = 0;
  ms = 0;
  readonly #loaded: Loaded;
  readonly #cpuBefore: number;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    this.#cpuBefore = cpuSeconds(loaded.app.pid);
  }

  async take(ms: number): Promise<void> {
    const run = await this.#loaded.run(ms);
    this.requests += run.requests;
    this.ms += run.ms;
  }

  /** All that the app has used until now. */
  get cpuMs(): number {
    return (cpuSeconds(this.#loaded.app.pid) - this.#cpuBefore) * 1000;
  }

  /** Of a request. */
  get cpuUs(): number {
    return (this.cpuMs / this.requests) * 1000;
  }

  get perSecond(): number {
    return this.requests / (this.ms / 1000);
  }
}

async function trial(
  bench: RequestBench,
  options: Options,
  variant: Variant,
  sink: Sink,
  failures: string[],
): Promise<Result> {
  await sink.reset(0);
  const beside = await Loaded.start(bench, bareVariant, sink);
  let loaded: Loaded | undefined;
  try {
    // both are new in each trial: V8 gets further with one that is older
    loaded = await Loaded.start(bench, variant, sink);
    const warmUp = new Turns(loaded);
    do {
      await beside.run(TURN_MS);
      await warmUp.take(TURN_MS);
    } while (!options.short && warmUp.requests < WARM_UP_REQUESTS);
    await drained(sink, variant);
    const [own, bare] = [new Turns(loaded), new Turns(beside)];
    const others = watchOthers();
    while (own.ms < options.ms) {
      const before = own.cpuMs;
      await bare.take(TURN_MS);
      // What it had put off it has done in the other's time.
      const lateMs = own.cpuMs - before;
      own.ms += lateMs;
      bare.ms -= lateMs;
      await own.take(TURN_MS);
    }
    const othersUsed = others();
    await drained(sink, variant);
    const { cpuUs, perSecond } = own;
    const [bareUs, barePerSecond] = [bare.cpuUs, bare.perSecond];
    await loaded.end(variant, sink);

    const requests = warmUp.requests + own.requests;
    const { spans, bytes } = await sink.count();
    if (variant.ours && spans !== requests * bench.spansPerRequest) {
      failures.push(`${variant.name}: ${spans} spans of ${requests} requests, not ${requests * bench.spansPerRequest}`);
    }
    if (variant.name !== 'bare' && spans === 0) throw new Error(`no spans\n${loaded.app.output}`);
    return {
      cpuUs,
      perSecond,
      added: cpuUs / bareUs - 1,
      ofBare: perSecond / barePerSecond,
      spansPerRequest: spans / requests,
      bytesPerSpan: bytes / spans,
      others: othersUsed,
    };
  } finally {
    beside.kill();
    loaded?.kill();
  }
}

type All = Awaited<ReturnType<typeof inRounds<Result>>>;

function report(bench: RequestBench, all: All, failures: readonly string[]): Report {
  const added = (variant: Variant): Spread => figure(all, variant, (one) => one.added);
  const rows = all.variants.map((variant) => {
    const traced = variant.name !== 'bare';
    const spans = figure(all, variant, ({ spansPerRequest }) => spansPerRequest);
    return [
      variant.name,
      show(
        figure(all, variant, ({ cpuUs }) => cpuUs),
        1,
      ),
      show(added(variant), 2),
      show(
        figure(all, variant, ({ perSecond }) => perSecond),
        0,
      ),
      show(
        figure(all, variant, ({ ofBare }) => ofBare),
        2,
      ),
      traced ? spans.median.toFixed(2) : '–',
      traced && variant.usualSpans ? share(spans.median / bench.spansPerRequest) : '–',
      traced ? figure(all, variant, ({ bytesPerSpan }) => bytesPerSpan).median.toFixed(0) : '–',
    ];
  });
  const others = spread(all.variants.flatMap((variant) => all.of(variant).map((one) => one?.others ?? 0)));
  const bars = all.variants
    .filter(({ name }) => name !== bareVariant.name)
    .map((variant) => ({ label: variant.name, value: added(variant) }))
    .filter(({ value }) => !Number.isNaN(value.median));
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

/** Which part of the spans arrives when the collector takes its time. */
import type { Bench, Options, Report } from './support/bench.ts';
import type { Run } from './support/closed-loop.ts';
import { launch } from './support/launch.ts';
import { figure, inRounds, type Rounds, show } from './support/rounds.ts';
import { drained, DRIVER_CORE, end, startApp, startSink, support, type Sink } from './support/trial.ts';
import type { Variant } from './support/variants.ts';

const ANSWER_MS = 250;
const LOAD_MS = 5000;

interface Result {
  readonly perSecond: number;
  readonly arrived: number;
}

export const slowCollector: Bench = {
  name: 'slow-collector',
  async run(options) {
    const sink = await startSink();
    const failures: string[] = [];
    try {
      const all = await inRounds(
        { ...options, variants: options.variants.filter(({ name }) => name !== 'bare') },
        (variant) => trial(options, variant, sink, failures),
        ({ arrived, perSecond }) => `${arrived.toFixed(3)} at ${perSecond.toFixed(0)} requests/s`,
      );
      return report(all, failures);
    } finally {
      sink.close();
    }
  },
};

async function trial({ short }: Options, variant: Variant, sink: Sink, failures: string[]): Promise<Result> {
  await sink.reset(ANSWER_MS);
  const { process: app, ready } = await startApp(variant, 'http.cjs', sink);
  const load = launch({
    program: support('http-load.ts'),
    args: [String(ready.port), '/hello?name=ada', '32'],
    core: DRIVER_CORE,
  });
  try {
    await load.next();
    const run = await load.ask<Run>({ ask: 'run', ms: short ? 300 : LOAD_MS });
    await drained(sink, variant, ANSWER_MS);
    load.kill('SIGKILL');
    await end(app, variant, sink, ANSWER_MS);
    const { spans } = await sink.count();
    if (variant.ours && spans !== run.requests)
      failures.push(`${variant.name}: ${spans} spans of ${run.requests} requests`);
    return { perSecond: run.requests / (run.ms / 1000), arrived: spans / run.requests };
  } finally {
    load.kill('SIGKILL');
    app.kill('SIGKILL');
  }
}

function report(all: Rounds<Result>, failures: readonly string[]): Report {
  return {
    title: 'Slow collector',
    about: `The HTTP hello server at full load for 5 s, with a collector that answers after ${ANSWER_MS} ms; it is waited for as long as spans come.`,
    headings: ['variant', 'spans arrived, of those ended', 'requests/s'],
    rows: all.variants.map((variant) => [
      variant.name,
      variant.usualSpans
        ? show(
            figure(all, variant, ({ arrived }) => arrived),
            3,
          )
        : '–',
      show(
        figure(all, variant, ({ perSecond }) => perSecond),
        0,
      ),
    ]),
    notes: [],
    plots: [
      {
        title: 'Part of the spans that arrives (longer is better)',
        bars: all.variants
          .filter(({ usualSpans }) => usualSpans)
          .map((variant) => ({ label: variant.name, value: figure(all, variant, ({ arrived }) => arrived) })),
      },
    ],
    data: Object.fromEntries(all.variants.map((variant) => [variant.name, all.of(variant)])),
    failures: [...all.failures, ...failures],
  };
}

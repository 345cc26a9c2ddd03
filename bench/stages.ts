/**
 * Where the time of a span goes: nanoseconds of each stage.
 *
 *   node bench/stages.ts [--jaeger]
 *
 * The median of many samples; the least of them is what the stage costs when nothing else disturbs it.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkout } from '../test/support/run.ts';
import type { Report } from './support/bench.ts';
import { innerStages } from './support/inner-stages.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';
import { spread } from './support/statistics.ts';
import { end, startApp, startSink } from './support/trial.ts';
import { variants } from './support/variants.ts';

const SAMPLES = 200;
/** Until V8 has compiled all of it. */
const WARM_UP = 60;

const { values } = parseArgs({
  options: { jaeger: { type: 'boolean', default: false }, samples: { type: 'string', default: String(SAMPLES) } },
});
const name = values.jaeger ? 'ours-jaeger' : 'ours';
const variant = variants().find((one) => one.name === name);
if (variant === undefined) throw new Error(`no variant ${name}`);

const sink = await startSink();
const { process: app } = await startApp(variant, 'stages.cjs', sink);
const samples = Number(values.samples);
const outer = await app.ask<Record<string, readonly number[]>>({ ask: 'measure', samples, warmUp: WARM_UP });
await end(app, variant, sink);
sink.close();

const inner = innerStages(values.jaeger ? 'jaeger' : 'otlp', samples, WARM_UP);
const stages = Object.entries({ ...outer, ...inner }).map(([stage, ns]) => ({ stage, ns: spread(ns) }));
const report: Report = {
  title: `Stages of a span, ${values.jaeger ? 'Jaeger Thrift' : 'OTLP protobuf'}`,
  about:
    'Nanoseconds a call, in a process with the preload over `@opentelemetry/api`; the last three rows are parts of those above, from the source.',
  headings: ['stage', 'median ns', 'least ns'],
  rows: stages.map(({ stage, ns }) => [stage, ns.median.toFixed(0), ns.min.toFixed(0)]),
  notes: [],
  plots: [],
  data: Object.fromEntries(stages.map(({ stage, ns }) => [stage, ns])),
  failures: [],
};
process.stdout.write(`${toText(report, '##')}\n`);
if (values.samples === String(SAMPLES)) {
  const results = fileURLToPath(new URL('results', import.meta.url));
  writeResults(results, values.jaeger ? 'stages-jaeger' : 'stages', report, describeMachine(checkout));
}

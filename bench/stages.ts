/**
 * Where the time of a span goes: nanoseconds of each stage, in a process with the preload as it is shipped.
 *
 *   node bench/stages.ts [--jaeger]
 *
 * The median of many samples; the least of them is what the stage costs when nothing else disturbs it.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkout } from '../test/support/run.ts';
import type { Report } from './support/bench.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';
import { spread } from './support/statistics.ts';
import { end, startApp, startSink } from './support/trial.ts';
import { variants } from './support/variants.ts';

const SAMPLES = 200;

const { values } = parseArgs({
  options: { jaeger: { type: 'boolean', default: false }, samples: { type: 'string', default: String(SAMPLES) } },
});
const name = values.jaeger ? 'ours-jaeger' : 'ours';
const variant = variants().find((one) => one.name === name);
if (variant === undefined) throw new Error(`no variant ${name}`);

const sink = await startSink();
const { process: app } = await startApp(variant, 'stages.cjs', sink);
const samples = await app.ask<Record<string, readonly number[]>>({ ask: 'measure', samples: Number(values.samples) });
await end(app, variant, sink);
sink.close();

const stages = Object.entries(samples).map(([stage, ns]) => ({ stage, ns: spread(ns) }));
const report: Report = {
  title: `Stages of a span, ${values.jaeger ? 'Jaeger Thrift' : 'OTLP protobuf'}`,
  about: 'Nanoseconds a call in a process with the preload, over `@opentelemetry/api`.',
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

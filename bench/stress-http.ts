/**
 * Whether HTTP under stress loses spans, sends some twice, or keeps something for ever.
 *
 *   node bench/stress-http.ts [--aborted 10000] [--connections 19900] [--bodies 200]
 *
 * Requests that clients give up, as many that the app gives up itself, bodies of 1 MB there and back, and connections
 * that stay open, as many as the limit of descriptors lets. The same goes to the bare app; what is on the heap is
 * compared between before, all connections idle, and after.
 */
import { parseArgs } from 'node:util';
import { Collector } from '../test/support/collector.ts';
import { checkout } from '../test/support/run.ts';
import { countSpans, stressHttp, type StressResult, type StressState } from '../test/e2e/http-stress.ts';
import { describeMachine } from './support/machine.ts';
import { toText, writeResults } from './support/results.ts';
import type { Report } from './support/bench.ts';

const { values } = parseArgs({
  options: {
    aborted: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '19900' },
    bodies: { type: 'string', default: '200' },
  },
});
const load = {
  aborted: Number(values.aborted),
  connections: Number(values.connections),
  bodies: Number(values.bodies),
  onStep: (text: string) => void process.stdout.write(`${text}\n`),
};
/** A smaller one shows that it works, and is no result. */
const isWhole = load.aborted >= 10_000;
const MEGABYTE = 1024 * 1024;
const FEW = 20;
/** What is compiled and cached in the course of it. */
const ALLOWED_MB = 4;

const collector = new Collector();
await collector.listen();
const bare = await stressHttp(load);
const traced = await stressHttp({
  ...load,
  env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl, TRACING_FLUSH_TIMEOUT: '60000' },
});
const { server, client, twice } = countSpans(collector.spans);
await collector.close();

function grownMb(state: (result: StressResult) => StressState): number {
  const grown = (result: StressResult): number => state(result).heapUsed - result.before.heapUsed;
  return (grown(traced) - grown(bare)) / MEGABYTE;
}

function kept(state: StressState): readonly [found: string, isGood: boolean] {
  const all = Object.entries(state.alive);
  return [all.map(([name, count]) => `${count} ${name}`).join(', '), all.every(([, count]) => count < FEW)];
}

const { seen } = traced.after;
const idleBytes = (grownMb(({ idle }) => idle) * MEGABYTE) / load.connections;
const checks: readonly (readonly [what: string, found: string, isGood: boolean])[] = [
  ['requests seen by the server, and its spans', `${seen}, ${server}`, seen === server],
  ['requests made by the client, and its spans', `${traced.made}, ${client}`, traced.made === client],
  ['spans that came twice', String(twice), twice === 0],
  ['kept while all connections are idle', ...kept(traced.idle)],
  ['kept at the end', ...kept(traced.after)],
  ['heap for an idle connection, over bare', `${idleBytes.toFixed(0)} bytes`, idleBytes < 1024],
  [
    'heap at the end, over bare',
    `${grownMb(({ after }) => after).toFixed(1)} MB`,
    grownMb(({ after }) => after) < ALLOWED_MB,
  ],
];
const report: Report = {
  title: 'HTTP under stress',
  about:
    `${load.aborted} requests given up by clients and as many by the app, ${load.bodies} bodies of 1 MB there and back, ` +
    `${load.connections} connections open at the same time.`,
  headings: ['', 'found', ''],
  rows: checks.map(([what, found, isGood]) => [what, found, isGood ? 'ok' : 'BAD']),
  notes: [],
  plots: [],
  data: { bare, traced, server, client, twice },
  failures: [],
};
process.stdout.write(`\n${toText(report, '##')}`);
if (isWhole) {
  writeResults(new URL('results', import.meta.url).pathname, 'stress-http', report, describeMachine(checkout));
}
process.exitCode = checks.every(([, , isGood]) => isGood) ? 0 : 1;

/**
 * Measures what tracing costs, ours beside the bare app and other tracers.
 *
 *   npm run bench                                  all benches, all variants that are installed
 *   npm run bench -- http grpc                     some of them
 *   npm run bench -- http --variants bare,ours --rounds 3 --seconds 2
 *   npm run bench -- --patience 60                 waits longer for others to leave the machine alone
 *   npm run bench -- --peers                       installs the other tracers into the user's cache first
 *   npm run bench -- --short                       each bench once, only to see that it works
 *
 * A run of all variants at full length is written to bench/results/, and any with --save; others only print. How it is measured and how to
 * read it: bench/README.md.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { express } from './express.ts';
import { fastify } from './fastify.ts';
import { fetch } from './fetch.ts';
import { grpc } from './grpc.ts';
import { http } from './http.ts';
import { httpClient } from './http-client.ts';
import { memory } from './memory.ts';
import { size } from './size.ts';
import { slowCollector } from './slow-collector.ts';
import { start } from './start.ts';
import { describeMachine } from './support/machine.ts';
import { installPeers, isInstalled, peerNames } from './support/peers.ts';
import { toText, writeResults } from './support/results.ts';
import { variants } from './support/variants.ts';

const benches = [start, http, express, fastify, grpc, fetch, httpClient, slowCollector, memory, size];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    patience: { type: 'string', default: '20' },
    variants: { type: 'string' },
  },
});
const checkout = fileURLToPath(new URL('..', import.meta.url));
const results = fileURLToPath(new URL('results', import.meta.url));

function named<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
  what: string,
): readonly T[] {
  const unknown = names.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new Error(`no ${what} ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function isThere(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

if (values.peers) await installPeers();
const missing = peerNames.filter((name) => !isInstalled(name));
const options = {
  variants: named(variants(), values.variants?.split(',') ?? [], 'variant'),
  rounds: Number(values.rounds ?? (values.short ? 1 : 5)),
  ms: Number(values.seconds ?? (values.short ? 0.3 : 2)) * 1000,
  patienceMs: values.short ? 0 : Number(values.patience) * 1000,
  short: values.short,
  progress: (text: string) => void process.stderr.write(`${text}\n`),
};
const isResult = values.save || (values.variants === undefined && missing.length === 0 && !values.short);

for (const bench of named(benches, positionals, 'bench')) {
  if (bench.needs !== undefined && !isThere(bench.needs)) {
    console.log(`\n${bench.name}: skipped, ${bench.needs} is not installed; npm ci installs it`);
    continue;
  }
  options.progress(`\n${bench.name}`);
  const rounds = bench.once === true ? 1 : options.rounds;
  const report = await bench.run({ ...options, rounds });
  const machine = `${describeMachine(checkout)}; ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;
  process.stdout.write(`\n${toText(report, '##')}\n${machine}\n`);
  if (isResult) writeResults(results, bench.name, report, machine);
  for (const failure of report.failures) console.log(`FAILED ${bench.name}: ${failure}`);
  if (report.failures.length > 0) process.exitCode = 1;
}
if (missing.length > 0) console.log(`\nNot installed: ${missing.join(', ')}; npm run bench -- --peers installs them.`);

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from '../bench/support/statistics.ts';

/** Variants of the benches, as a reader knows them. */
const columns = {
  ours: 'otel-preload',
  official: 'official register',
  'official-jaeger': '… with exporter-jaeger',
  edot: 'EDOT',
  'dd-trace': 'dd-trace',
} as const;

/** One round, or what a start measured in one: numbers by their names. */
type Round = Readonly<Record<string, unknown>>;
type Results = Readonly<Record<string, Round | readonly Round[] | undefined>>;
type Show = (one: Round, bare: Round) => number;

interface Row {
  /** A file of bench/results. */
  readonly bench: string;
  readonly figure: string;
  readonly of: Show;
  readonly digits: number;
  /** Whether the bare app is in the results. */
  readonly besideBare: boolean;
}

const added: Show = (one) => at(one, 'added');
const rows: readonly Row[] = [
  {
    bench: 'start',
    figure: 'start of an HTTP app: ms added',
    of: (one, bare) => at(one, 'HTTP app, again', 'wallMs') - at(bare, 'HTTP app, again', 'wallMs'),
    digits: 0,
    besideBare: true,
  },
  { bench: 'http', figure: 'HTTP hello: processor time added, × bare', of: added, digits: 2, besideBare: false },
  {
    bench: 'http',
    figure: 'HTTP hello: requests/s, × bare',
    of: (one) => at(one, 'ofBare'),
    digits: 2,
    besideBare: false,
  },
  {
    bench: 'express',
    figure: 'Express, 6 spans: processor time added, × bare',
    of: added,
    digits: 2,
    besideBare: false,
  },
  { bench: 'fastify', figure: 'Fastify: processor time added, × bare', of: added, digits: 2, besideBare: false },
  { bench: 'grpc', figure: 'gRPC unary: processor time added, × bare', of: added, digits: 2, besideBare: false },
  {
    bench: 'memory',
    figure: 'most memory under load: MiB added',
    of: (one, bare) => at(one, 'peak') - at(bare, 'peak'),
    digits: 0,
    besideBare: true,
  },
  {
    bench: 'slow-collector',
    figure: 'spans that arrive, collector answering after 250 ms: part',
    of: (one) => at(one, 'arrived'),
    digits: 2,
    besideBare: false,
  },
  {
    bench: 'size',
    figure: 'installed: MB',
    of: (one) => at(one, 'installedBytes') / 1e6,
    digits: 0,
    besideBare: false,
  },
  { bench: 'size', figure: 'installed: packages', of: (one) => at(one, 'packages'), digits: 0, besideBare: false },
];

/**
 * The table of the README: figures of bench/results, medians over the rounds; of starts and memory, each round beside the bare app of the same one.
 * A bench without results has no row, a variant that a bench does not know a dash.
 *
 * @param read the text of a file of bench/results; undefined where it is not there
 */
export function renderPeers(read: (file: string) => string | undefined = readResults): string {
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const machines = new Set<string>();
  const versions = new Set<string>();
  const lines = rows.flatMap(({ bench, figure, of, digits, besideBare }) => {
    const text = read(`${bench}.json`);
    if (text === undefined) return [];
    const { machine, results } = JSON.parse(text) as { readonly machine: string; readonly results: Results };
    const [, hardware = machine, sources = ''] =
      /^(.*?); app alone on one core; (.*); \d+ rounds?\.?$/.exec(machine) ?? [];
    machines.add(hardware);
    versions.add(sources.replace('; ', ', '));
    const bare = roundsOf(results['bare']);
    const cells = names.map((name) => {
      const values = roundsOf(results[name]).flatMap((one, round) => {
        const value = of(one ?? {}, (besideBare ? bare[round] : one) ?? {});
        return Number.isFinite(value) ? [value] : [];
      });
      // Datadog's tracer makes other spans, so how many have arrived is not known.
      const isKnown = values.length > 0 && !(bench === 'slow-collector' && name === 'dd-trace');
      return isKnown ? median(values).toFixed(digits) : '–';
    });
    return [`| ${[figure, ...cells].join(' | ')} |`];
  });
  const head = `| | ${Object.values(columns).join(' | ')} |\n|---|${'---:|'.repeat(names.length)}`;
  const measured = `The app alone on one core; ${[...machines].join(' | ')}; ${[...versions].join('; ')}.`;
  return `${head}\n${lines.join('\n')}\n\n${measured}`;
}

function at(round: Round, ...path: string[]): number {
  let value: unknown = round;
  for (const name of path) value = (value as Round | undefined)?.[name];
  return typeof value === 'number' ? value : NaN;
}

/** A bench that is run once has no list. */
function roundsOf(result: Results[string]): readonly (Round | null)[] {
  return result === undefined ? [] : Array.isArray(result) ? (result as readonly Round[]) : [result as Round];
}

function readResults(file: string): string | undefined {
  const url = new URL(`../bench/results/${file}`, import.meta.url);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
}

const begin = '<!-- Written by `npm run generate` from bench/results. -->\n';
const end = '\n<!-- End of what is written. -->';

/** The README with the table between its two marks. */
export function putPeers(readme: string, table: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to < from) throw new Error('README.md has no marks around the table of bench/results');
  return `${readme.slice(0, from + begin.length)}${table}${readme.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = new URL('../README.md', import.meta.url);
  writeFileSync(readme, putPeers(readFileSync(readme, 'utf8'), renderPeers()));
}

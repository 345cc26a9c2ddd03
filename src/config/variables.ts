import type { Option } from './option.ts';
import { optionRows, type SettingName } from './options.ts';
import type { Candidate, Problem } from './problem.ts';
import type { Candidates } from './resolve.ts';
import { nameInSource, type Source } from './source.ts';
import type * as dotenvReader from './dotenv.ts';
import type * as suggester from './suggest.ts';

type VariableSource = Extract<Source, { variable: string }>;

type KnownVariables = ReadonlyMap<string, { readonly name: SettingName; readonly row: Option }>;

export function knownVariables(): KnownVariables {
  const known = new Map<string, { name: SettingName; row: Option }>();
  for (const [name, row] of optionRows) for (const variable of row.env) known.set(variable, { name, row });
  return known;
}

function looksLikeOurs(variable: string): boolean {
  return variable.startsWith('OTEL_') || variable.startsWith('TRACING_');
}

/** @returns sources of variables that look like ours and are not */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  known: KnownVariables,
  candidates: Candidates,
): readonly VariableSource[] {
  const unknown: VariableSource[] = [];
  for (const variable of Object.keys(env)) {
    const option = known.get(variable);
    if (option === undefined && !looksLikeOurs(variable)) continue;
    const raw = env[variable];
    if (raw === undefined || raw.trim() === '') continue;
    const source = { kind: 'environment', variable } as const;
    if (option === undefined) unknown.push(source);
    else add(candidates, option, { raw, source });
  }
  return unknown;
}

/** @returns sources of variables that look like ours and are not */
export function readDotenv(
  content: string,
  known: KnownVariables,
  candidates: Candidates,
  { parseDotenv }: typeof dotenvReader,
): readonly VariableSource[] {
  const unknown: VariableSource[] = [];
  const isWanted = (variable: string) => {
    const row = known.get(variable)?.row;
    // what the platform says of this process is in its environment or is not true
    return row === undefined ? looksLikeOurs(variable) : row.group !== 'platform';
  };
  for (const [variable, { value: raw, line }] of parseDotenv(content, isWanted)) {
    if (raw.trim() === '') continue;
    const option = known.get(variable);
    const source = { kind: 'dotenv', variable, file: '.env', line } as const;
    if (option === undefined) unknown.push(source);
    else add(candidates, option, { raw, source });
  }
  return unknown;
}

/** Of two names for one option in the same place the usual one counts, whatever their order. */
function add(
  candidates: Candidates,
  { name, row }: { readonly name: SettingName; readonly row: Option },
  candidate: Candidate & { readonly source: VariableSource },
): void {
  const list = candidates.get(name) ?? [];
  const { kind, variable } = candidate.source;
  const at = variable === row.env[0] ? list.findIndex(({ source }) => source.kind === kind) : -1;
  list.splice(at === -1 ? list.length : at, 0, candidate);
  candidates.set(name, list);
}

export function suggestVariables(
  unknown: readonly VariableSource[],
  known: KnownVariables,
  { nearest }: typeof suggester,
): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const source of unknown) {
    const near = problems.has(source.variable) ? undefined : nearest(source.variable, known.keys(), 'loose');
    if (near === undefined) continue;
    const text = `${nameInSource(source)} is not an option; did you mean ${near}?`;
    problems.set(source.variable, { severity: 'hint', text });
  }
  return [...problems.values()];
}

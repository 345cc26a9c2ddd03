import { certificateProblems } from './certificates.ts';
import { chooseExporters, type ExporterChoice, type OwnBatching } from './choose-exporters.ts';
import type * as declarative from './declarative/load-declarative.ts';
import type { Declared } from './declarative/load-declarative.ts';
import { findYamlFile, readTextFile, type FileContent } from './files.ts';
import { hintsFor } from './hints.ts';
import type { Settings } from './options.ts';
import { quote, type Problem } from './problem.ts';
import { resolveSettings, type Candidates, type Resolved } from './resolve.ts';
import { sdkEnvironmentOf } from './sdk-environment.ts';
import { nameInSource } from './source.ts';
import { knownVariables, readDotenv, readEnvironment, suggestVariables } from './variables.ts';
import { pickYamlValues } from './yaml-values.ts';
import type { YamlNode } from './yaml.ts';

/** What is loaded only when there is something for it to do: a file, or a name that nobody knows. */
export interface Readers {
  readonly yaml: () => typeof import('./yaml.ts');
  readonly dotenv: () => typeof import('./dotenv.ts');
  readonly suggest: () => typeof import('./suggest.ts');
  readonly declarative: () => typeof declarative;
}

export interface Inputs {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly readers: Readers;
  /** Whether `.env` is read; default true. */
  readonly dotenv?: boolean;
  /** What a declarative file may refer to; default `env`. */
  readonly variables?: NodeJS.ProcessEnv;
}

export interface Loaded extends Resolved {
  /** Where spans go. */
  readonly choices: readonly ExporterChoice[];
  /** The settings of each further exporter that a declarative file names: they differ in what is said of it. */
  readonly further: readonly (Resolved & { readonly candidates: Candidates })[];
  /** What each source holds, the ones that do not count as well. */
  readonly candidates: Candidates;
  readonly problems: readonly Problem[];
  /** `TRACING_STRICT` is set and there are problems: say them and end with code 78 before the app runs. */
  readonly mustStop: boolean;
  /** What `process.env` has to look like where the SDK reads it itself; see `withEnvironment`. */
  readonly sdkEnvironment: Readonly<Record<string, string | undefined>>;
}

/**
 * Puts the settings together: environment over `.env` over YAML over defaults, each value with its source; or a
 * declarative file in the place of all of them.
 *
 * Never throws. Whatever cannot be used is said in one line of `problems`, and the next source counts in its place.
 *
 * @param inputs.env is read, never written
 */
export function loadSettings({ env, cwd, readers, dotenv: readsDotenv = true, variables }: Inputs): Loaded {
  const candidates: Candidates = new Map();
  const problems: Problem[] = [];
  const known = knownVariables();

  const unknown = [...readEnvironment(env, known, candidates)];
  const dotenv: FileContent = readsDotenv ? readTextFile(cwd, '.env') : { status: 'absent' };
  if (dotenv.status === 'read') unknown.push(...readDotenv(dotenv.content, known, candidates, readers.dotenv()));
  if (dotenv.status === 'unreadable') problems.push(unreadable(dotenv));
  const named = candidates.get('declarativeFile')?.[0];
  if (named !== undefined) {
    const lookup = (name: string): string | undefined =>
      (variables ?? env)[name] || (dotenv.status === 'read' ? readOne(dotenv.content, name, readers) : undefined);
    const suggest = () => readers.suggest().nearest;
    const declared = readers.declarative().loadDeclarative({
      named,
      cwd,
      candidates,
      lookup,
      suggest,
      looksForYaml: readsDotenv,
    });
    problems.push(...declared.problems);
    return finish({ ...declared, set: candidates, problems, env, cwd });
  }
  readYaml(cwd, candidates, problems, readers);
  if (unknown.length > 0) problems.push(...suggestVariables(unknown, known, readers.suggest()));
  return finish({ candidates, set: candidates, problems, env, cwd });
}

interface Gathered extends Partial<Omit<Declared, 'problems'>> {
  readonly candidates: Candidates;
  /** What is set at all, with effect or without. */
  readonly set: Candidates;
  readonly problems: Problem[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

function finish({ candidates, exporters, defaults, set, problems, env, cwd }: Gathered): Loaded {
  const resolveOwn = (own: Candidates): Resolved & { candidates: Candidates } => {
    const { settings, sources } = resolveSettings(own, problems, defaults);
    return { candidates: own, settings, sources };
  };
  const first = resolveOwn(candidates);
  // each exporter of a declarative file is chosen by settings of its own, the first by those of the process
  const further = exporters?.slice(1).map((own) => resolveOwn(own));
  const all = exporters?.length === 0 ? [] : [first, ...(further ?? [])];
  const choices = all.flatMap(({ settings, sources }) => {
    const chosen = chooseExporters(settings, sources);
    problems.push(...hintsFor(chosen, settings, sources), ...certificateProblems(chosen, sources, cwd));
    const own = exporters === undefined ? {} : { batching: ownBatching(settings) };
    return chosen.map((choice): ExporterChoice => Object.assign(choice, own));
  });
  const { settings, sources } = first;
  const unseen = new Map([...set].filter(([name]) => !candidates.has(name)).map(([name]) => [name, []]));
  return {
    ...first,
    choices,
    further: further ?? [],
    problems: distinct(problems),
    mustStop: settings.strict && problems.length > 0,
    sdkEnvironment: sdkEnvironmentOf(env, settings, sources, new Map([...unseen, ...candidates])),
  };
}

function ownBatching({ scheduleDelayMs, exportTimeoutMs, maxQueueSize, maxExportBatchSize }: Settings): OwnBatching {
  return { scheduleDelayMs, exportTimeoutMs, maxQueueSize, maxExportBatchSize };
}

/** What several exporters have in common is wrong once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problem.text, problem])).values()];
}

function readOne(content: string, name: string, readers: Readers): string | undefined {
  return readers
    .dotenv()
    .parseDotenv(content, (one) => one === name)
    .get(name)?.value;
}

function readYaml(cwd: string, candidates: Candidates, problems: Problem[], readers: Readers): void {
  const named = candidates.get('configFile')?.[0];
  const path = typeof named?.raw === 'string' ? named.raw.trim() : undefined;
  const found = path === undefined ? findYamlFile(cwd) : readTextFile(cwd, path);
  if (found.status === 'unreadable' && named === undefined) problems.push(unreadable(found));
  if (found.status !== 'read' && named !== undefined && path !== undefined) {
    const wrong = found.status === 'absent' ? 'does not exist' : `cannot be read: ${found.reason}`;
    problems.push({
      severity: 'error',
      text: `${nameInSource(named.source)} must be the path of a YAML file, got ${quote(path)}, which ${wrong}; going on without a file`,
    });
  }
  if (found.status !== 'read') return;
  const { file } = found;
  const parsed = readers.yaml().parseYaml(found.content);
  if (parsed.status === 'failed') {
    const { line, column, reason } = parsed;
    problems.push({
      severity: 'error',
      text: `${file}:${line}:${column} is not YAML: ${reason}; going on without ${file}`,
    });
    return;
  }
  if (isDeclarative(parsed.root)) {
    const text = `${file} has a file_format, as OpenTelemetry's declarative files have; OTEL_CONFIG_FILE=${file} reads it as one`;
    problems.push({ severity: 'hint', text });
  }
  const picked = pickYamlValues(parsed.root, file, () => readers.suggest().nearest);
  for (const [name, candidate] of picked.candidates) {
    candidates.set(name, [...(candidates.get(name) ?? []), candidate]);
  }
  problems.push(...picked.problems);
}

/** Whether a file is for `OTEL_CONFIG_FILE`. */
export function isDeclarative(root: YamlNode): boolean {
  return root.kind === 'map' && root.entries.has('file_format');
}

function unreadable({ file, reason }: Extract<FileContent, { status: 'unreadable' }>): Problem {
  return { severity: 'error', text: `${file} cannot be read: ${reason}; going on without it` };
}

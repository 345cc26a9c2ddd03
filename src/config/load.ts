import { certificateProblems } from './certificates.ts';
import { chooseExporters } from './choose-exporters.ts';
import { findYamlFile, readTextFile, type FileContent } from './files.ts';
import { hintsFor } from './hints.ts';
import type { Settings } from './options.ts';
import { quote, type Problem } from './problem.ts';
import { resolveSettings, type Candidates, type Sources } from './resolve.ts';
import { sdkEnvironmentOf } from './sdk-environment.ts';
import { nameInSource } from './source.ts';
import { knownVariables, readDotenv, readEnvironment, suggestVariables } from './variables.ts';
import { pickYamlValues } from './yaml-values.ts';

/** What is loaded only when there is something for it to do: a file, or a name that nobody knows. */
export interface Readers {
  readonly yaml: () => typeof import('./yaml.ts');
  readonly dotenv: () => typeof import('./dotenv.ts');
  readonly suggest: () => typeof import('./suggest.ts');
}

export interface Inputs {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly readers: Readers;
  /** Whether `.env` is read; default true. */
  readonly dotenv?: boolean;
}

export interface Loaded {
  /** Frozen, its lists and maps too. */
  readonly settings: Settings;
  readonly sources: Sources;
  /** What each source holds, the ones that do not count as well. */
  readonly candidates: Candidates;
  readonly problems: readonly Problem[];
  /** `TRACING_STRICT` is set and there are problems: say them and end with code 78 before the app runs. */
  readonly mustStop: boolean;
  /** What `process.env` has to look like where the SDK reads it itself; see `withEnvironment`. */
  readonly sdkEnvironment: Readonly<Record<string, string | undefined>>;
}

/**
 * Puts the settings together: environment over `.env` over YAML over defaults, each value with its source.
 *
 * Never throws. Whatever cannot be used is said in one line of `problems`, and the next source counts in its place.
 *
 * @param inputs.env is read, never written
 */
export function loadSettings({ env, cwd, readers, dotenv: readsDotenv = true }: Inputs): Loaded {
  const candidates: Candidates = new Map();
  const problems: Problem[] = [];
  const known = knownVariables();

  const unknown = [...readEnvironment(env, known, candidates)];
  const dotenv: FileContent = readsDotenv ? readTextFile(cwd, '.env') : { status: 'absent' };
  if (dotenv.status === 'read') unknown.push(...readDotenv(dotenv.content, known, candidates, readers.dotenv()));
  if (dotenv.status === 'unreadable') problems.push(unreadable(dotenv));
  readYaml(cwd, candidates, problems, readers);
  if (unknown.length > 0) problems.push(...suggestVariables(unknown, known, readers.suggest()));

  const { settings, sources } = resolveSettings(candidates, problems);
  const choices = chooseExporters(settings, sources);
  problems.push(...hintsFor(choices, settings, sources), ...certificateProblems(choices, sources, cwd));
  return {
    settings,
    sources,
    candidates,
    problems,
    mustStop: settings.strict && problems.length > 0,
    sdkEnvironment: sdkEnvironmentOf(env, settings, sources, candidates),
  };
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
  const picked = pickYamlValues(parsed.root, file, () => readers.suggest().nearest);
  for (const [name, candidate] of picked.candidates) {
    candidates.set(name, [...(candidates.get(name) ?? []), candidate]);
  }
  problems.push(...picked.problems);
}

function unreadable({ file, reason }: Extract<FileContent, { status: 'unreadable' }>): Problem {
  return { severity: 'error', text: `${file} cannot be read: ${reason}; going on without it` };
}

import { findYamlFile, readTextFile } from '../files.ts';
import { options, type SettingName, type Settings } from '../options.ts';
import type { Option } from '../option.ts';
import { quote, type Candidate, type Problem } from '../problem.ts';
import type { Candidates } from '../resolve.ts';
import { nameInSource } from '../source.ts';
import type { nearest } from '../suggest.ts';
import { readDeclaration, type Declaration } from './read-declarative.ts';
import type { NamedCandidate } from './section.ts';

export interface Declared {
  /** What the settings come from in place of environment, `.env` and our own YAML file. */
  readonly candidates: Candidates;
  /** The same for each exporter of spans; the settings are those of the first. */
  readonly exporters: readonly Candidates[];
  readonly defaults: Partial<Settings>;
  readonly problems: readonly Problem[];
}

export interface DeclaredInput {
  /** Where the file is named. */
  readonly named: Candidate;
  readonly cwd: string;
  /** What environment and `.env` hold. */
  readonly candidates: Candidates;
  readonly lookup: (name: string) => string | undefined;
  readonly suggest: () => typeof nearest;
  /** Whether a YAML file of ours that lies about would count else. */
  readonly looksForYaml: boolean;
}

/**
 * Reads the file that `OTEL_CONFIG_FILE` names. It goes in the place of all else but what the platform says of this
 * process, and `TRACING_STRICT`; variables that are set in vain are named in one line.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#declarative-configuration
 */
export function loadDeclarative(input: DeclaredInput): Declared {
  const { named, cwd, lookup, suggest, candidates } = input;
  const kept: Candidates = new Map([...candidates].filter(([name]) => isKept(name)));
  const declaration = read(named, cwd, lookup, suggest);
  if (declaration.status === 'failed') {
    const off: Candidates = new Map([['sdkDisabled', [{ raw: 'true', source: named.source }]]]);
    return { candidates: new Map([...kept, ...off]), exporters: [], defaults: {}, problems: declaration.problems };
  }
  const { general, exporters, own, defaults, variables, problems } = declaration;
  const shared = own.filter(([name]) => !isOfExporter(name));
  const declared = exporters.map((exporter) => merge(kept, [...general, ...exporter, ...shared]));
  if (namesExporter(own)) declared.push(merge(kept, [...general, ...own]));
  return {
    candidates: declared[0] ?? merge(kept, [...general, ...own]),
    exporters: declared,
    defaults,
    problems: [...problems, ...ignored(input, variables)],
  };
}

function read(
  named: Candidate,
  cwd: string,
  lookup: DeclaredInput['lookup'],
  suggest: DeclaredInput['suggest'],
): Declaration {
  const path = pathOf(named);
  const found = readTextFile(cwd, path);
  if (found.status === 'read') return readDeclaration({ content: found.content, file: path, lookup, suggest });
  const why = found.status === 'absent' ? 'does not exist' : `cannot be read: ${found.reason}`;
  const text = `${nameInSource(named.source)} must be the path of a YAML file, got ${quote(path)}, which ${why}; the app runs untraced`;
  return { status: 'failed', problems: [{ severity: 'error', text }] };
}

function pathOf({ raw }: Candidate): string {
  return typeof raw === 'string' ? raw.trim() : '';
}

function isKept(name: SettingName): boolean {
  return name === 'declarativeFile' || name === 'strict' || options[name].group === 'platform';
}

/** What says where spans go, and how. */
function isOfExporter(name: SettingName): boolean {
  const { group }: Option = options[name];
  return group === 'exporter' || group === 'otlp';
}

/** Our own section may name one more exporter, such as a Jaeger by `tracing_url`. */
function namesExporter(own: readonly NamedCandidate[]): boolean {
  return own.some(([name]) => isOfExporter(name));
}

function merge(kept: Candidates, candidates: readonly NamedCandidate[]): Candidates {
  const merged: Candidates = new Map([...kept].map(([name, list]) => [name, [...list]]));
  for (const [name, candidate] of candidates) merged.set(name, [...(merged.get(name) ?? []), candidate]);
  return merged;
}

const MAX_NAMED = 3;

/** One line for whatever is set beside the file, and has no effect. */
function ignored(
  { named, cwd, candidates, looksForYaml }: DeclaredInput,
  variables: ReadonlySet<string>,
): readonly Problem[] {
  const names = new Set<string>();
  for (const [name, list] of candidates) {
    if (isKept(name)) continue;
    for (const { source } of list)
      if ('variable' in source && !variables.has(source.variable)) names.add(source.variable);
  }
  const yaml = looksForYaml ? findYamlFile(cwd) : undefined;
  if (yaml?.status === 'read') names.add(yaml.file);
  const [first] = names;
  if (first === undefined) return [];
  const shown = [...names].slice(0, MAX_NAMED).join(', ');
  const more = names.size > MAX_NAMED ? ` and ${names.size - MAX_NAMED} more` : '';
  const file = pathOf(named);
  const text = `${shown}${more} ${names.size === 1 ? 'has' : 'have'} no effect: ${nameInSource(named.source)} puts ${file} in the place of all else; it may say \${NAME} where it wants a variable`;
  return [{ severity: 'hint', text }];
}

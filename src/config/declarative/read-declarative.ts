import type { SettingName, Settings } from '../options.ts';
import { quote, type Problem } from '../problem.ts';
import { nameInSource } from '../source.ts';
import type { nearest } from '../suggest.ts';
import { pickYamlValues } from '../yaml-values.ts';
import { parseYaml, type YamlNode } from '../yaml.ts';
import { checkSchema } from './check-schema.ts';
import { readInstrumentation, readLogLevel, readPropagator, readRows } from './declared-general.ts';
import { readProcessor } from './declared-processors.ts';
import { readResource } from './declared-resource.ts';
import { readSampler } from './declared-sampler.ts';
import { readLoggerProvider, readMeterProvider } from './declared-signals.ts';
import { resolveReferences } from './resolve-references.ts';
import { schemas } from './schema.ts';
import { Section, type NamedCandidate } from './section.ts';

/** Our place in the file: the keys below it are those of our own YAML file. */
export const DISTRIBUTION = 'otel-preload';

export type Declaration =
  | {
      readonly status: 'read';
      /** What holds for the process. */
      readonly general: readonly NamedCandidate[];
      /** What each exporter of spans says for itself. */
      readonly exporters: readonly (readonly NamedCandidate[])[];
      /** What our own section says, where the file has no other word for it. */
      readonly own: readonly NamedCandidate[];
      /** What counts where the file is silent. */
      readonly defaults: Partial<Settings>;
      /** Names of the variables that the file refers to. */
      readonly variables: ReadonlySet<string>;
      readonly problems: readonly Problem[];
    }
  | { readonly status: 'failed'; readonly problems: readonly Problem[] };

export interface DeclarationInput {
  readonly content: string;
  readonly file: string;
  readonly lookup: (name: string) => string | undefined;
  readonly suggest: () => typeof nearest;
}

const UNTRACED = 'the app runs untraced';
const MAJOR = 1;

/**
 * Reads a declarative configuration: what it says for our options, and what of it is not supported here.
 *
 * @returns `failed` where it is not what its schema asks for: no part of it is used then
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk/#parse
 */
export function readDeclaration({ content, file, lookup, suggest }: DeclarationInput): Declaration {
  const parsed = parseYaml(content);
  if (parsed.status === 'failed') {
    const { line, column, reason } = parsed;
    return failed([`${file}:${line}:${column} is not YAML: ${reason}; ${UNTRACED}`]);
  }
  const { root, variables, invalid } = resolveReferences(parsed.root, lookup);
  if (invalid.length > 0) {
    const allowed = '${NAME}, ${NAME:-default} or, for a $ of its own, $$';
    return failed(
      invalid.map(
        ({ line, column, reference }) =>
          `${file}:${line}:${column} must be ${allowed}, got ${quote(reference)}; ${UNTRACED}`,
      ),
    );
  }
  const format = root.kind === 'map' ? root.entries.get('file_format') : undefined;
  const version = format?.kind === 'scalar' ? /^(\d+)\.(\d+)(?:-.*)?$/.exec(format.text) : undefined;
  if (version === null || (version !== undefined && Number(version[1]) !== MAJOR)) {
    const said = nameInSource(new Section(format ?? root, file, 'file_format').source);
    return failed([`${said} must be "1.0" or "1.1", got ${textOf(format)}; ${UNTRACED}`]);
  }
  const minor = Number(version?.[2] ?? 0);
  const schema = schemas[Math.min(minor, schemas.length - 1)] ?? {};
  const wrong = checkSchema(root, schema).map(({ path, line, column, text }) => {
    const place = `${file}:${line}:${column}`;
    return `${path === '' ? place : `${path} (${place})`} ${text}; ${UNTRACED}`;
  });
  if (wrong.length > 0) return failed(wrong);

  const problems: Problem[] = [];
  if (minor >= schemas.length) {
    const text = `is newer than what is known here, 1.${schemas.length - 1}; what is new in it may have no effect`;
    problems.push(new Section(format ?? root, file, 'file_format').problem(text));
  }
  return { ...readParts(root, file, suggest, problems), variables };
}

function failed(texts: readonly string[]): Declaration {
  return { status: 'failed', problems: texts.map((text) => ({ severity: 'error', text })) };
}

function textOf(node: YamlNode | undefined): string {
  return node?.kind === 'scalar' ? quote(node.text) : 'nothing';
}

function readParts(
  top: YamlNode,
  file: string,
  suggest: DeclarationInput['suggest'],
  problems: Problem[],
): Omit<Extract<Declaration, { status: 'read' }>, 'variables'> {
  const report = (problem: Problem): void => void problems.push(problem);
  const root = new Section(top, file);
  const read = (
    key: string,
    reader: (section: Section, report: (problem: Problem) => void) => readonly NamedCandidate[],
  ) => {
    const section = root.child(key);
    return section === undefined ? [] : reader(section, report);
  };
  root.child('file_format');
  const tracers = root.child('tracer_provider');
  const sampler = tracers?.child('sampler');
  const [generator, generatorSection] = tracers?.child('id_generator')?.kind ?? [];
  if (generator !== 'random') generatorSection?.refuse();
  const exporters = (tracers?.child('processors')?.items ?? []).flatMap((processor) => {
    const candidates = readProcessor(processor, 'Traces', report);
    return candidates === undefined ? [] : [candidates];
  });
  const general = [
    ...readRows(root),
    ...(sampler === undefined ? [] : readSampler(sampler, report)),
    ...read('log_level', readLogLevel),
    ...read('propagator', readPropagator),
    ...read('resource', readResource),
    ...read('instrumentation/development', readInstrumentation),
    ...read('meter_provider', readMeterProvider),
    ...read('logger_provider', readLoggerProvider),
  ];
  const own = readOwn(root.child('distribution'), file, suggest, report);
  problems.push(...root.unasked());
  return { status: 'read', general, exporters, own, defaults: defaultsOf(general), problems };
}

/** What is for other distributions is none of our business. */
function readOwn(
  distribution: Section | undefined,
  file: string,
  suggest: DeclarationInput['suggest'],
  report: (problem: Problem) => void,
): readonly NamedCandidate[] {
  distribution?.take();
  const section = distribution?.child(DISTRIBUTION);
  if (section === undefined) return [];
  const picked = pickYamlValues(section.node, file, suggest, section.path);
  for (const problem of picked.problems) report(problem);
  return picked.candidates;
}

/** The schema's, where they are not ours: nothing is found out and nothing passed on unless it is asked for. */
function defaultsOf(general: readonly NamedCandidate[]): Partial<Settings> {
  const isSaid = (name: SettingName): boolean => general.some(([said]) => said === name);
  return {
    ...(isSaid('propagators') ? {} : { propagators: [] }),
    ...(isSaid('resourceDetectors') ? {} : { resourceDetectors: [] }),
  };
}

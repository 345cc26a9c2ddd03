import type { Option } from './option.ts';
import { optionRows, options, type SettingName, type Settings } from './options.ts';
import { badValue, type Candidate, type Problem } from './problem.ts';
import { defaultSource, nameInSource, type Source } from './source.ts';

/** What the sources hold for each option that is set at all, in the order in which they count. */
export type Candidates = Map<SettingName, Candidate[]>;

export type Sources = { readonly [Name in SettingName]: Source };

type Draft = Record<SettingName, { value: unknown; source: Source }>;

/**
 * Takes for each option the first candidate that can be used, then what it inherits, then its default.
 *
 * @param problems gets a line for each candidate, or part of one, that could not be used
 */
export function resolveSettings(candidates: Candidates, problems: Problem[]): { settings: Settings; sources: Sources } {
  const draft = Object.fromEntries(
    optionRows.map(([name, row]) => [name, { value: row.default, source: defaultSource }]),
  ) as Draft;
  const bad: { name: SettingName; candidate: Candidate; rejected: string | undefined }[] = [];
  for (const [name, list] of candidates) {
    for (const candidate of list) {
      const parsed = candidate.raw === undefined ? undefined : options[name].type.parse(candidate.raw);
      const rejected = parsed?.rejected;
      if (parsed === undefined || rejected !== undefined) bad.push({ name, candidate, rejected });
      if (parsed === undefined) continue;
      draft[name] = { value: parsed.value, source: candidate.source };
      break;
    }
  }
  inherit(draft);
  // only now is it known what is used instead
  for (const { name, candidate, rejected } of bad)
    problems.push(badValue(options[name], candidate, rejected, draft[name]));
  limitBatch(draft, 'maxExportBatchSize', 'maxQueueSize', problems);
  limitBatch(draft, 'logMaxExportBatchSize', 'logMaxQueueSize', problems);
  return freeze(draft);
}

/** A general option counts for the special one that nobody set. */
function inherit(draft: Draft): void {
  for (const [name, { inherits }] of optionRows) {
    if (inherits !== undefined && draft[name].source === defaultSource) draft[name] = draft[inherits as SettingName];
  }
}

type CountName = 'maxExportBatchSize' | 'maxQueueSize' | 'logMaxExportBatchSize' | 'logMaxQueueSize';

/** A batch cannot hold more than wait for it. */
function limitBatch(draft: Draft, batch: CountName, queue: CountName, problems: Problem[]): void {
  const { value, source } = draft[batch];
  const limit = draft[queue].value;
  if (typeof value !== 'number' || typeof limit !== 'number' || value <= limit) return;
  draft[batch] = { value: limit, source: draft[queue].source };
  if (source.kind === 'default') return;
  const row: Option = options[queue];
  const text = `${nameInSource(source)} must be at most ${row.env[0]}, got ${JSON.stringify(String(value))}; using ${limit}`;
  problems.push({ severity: 'error', text });
}

function freeze(draft: Draft): { settings: Settings; sources: Sources } {
  const settings: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, Source>> = {};
  for (const [name] of optionRows) {
    settings[name] = Object.freeze(draft[name].value);
    sources[name] = Object.freeze(draft[name].source);
  }
  return { settings: Object.freeze(settings) as Settings, sources: Object.freeze(sources) as Sources };
}

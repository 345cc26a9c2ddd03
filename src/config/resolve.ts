import type { Option } from './option.ts';
import { optionRows, options, type SettingName, type Settings } from './options.ts';
import { badValue, type Candidate, type Problem } from './problem.ts';
import { defaultSource, nameInSource, type Source } from './source.ts';

/** What the sources hold for each option that is set at all, in the order in which they count. */
export type Candidates = Map<SettingName, Candidate[]>;

export type Sources = { readonly [Name in SettingName]: Source };

export interface Resolved {
  /** Frozen, its lists and maps too. */
  readonly settings: Settings;
  readonly sources: Sources;
}

interface Entry {
  readonly value: unknown;
  readonly source: Source;
}

/** Holds only what is set: making and moving an entry for each of a hundred defaults took more than all the rest. */
class Draft {
  readonly #set = new Map<SettingName, Entry>();
  readonly #defaults: Partial<Settings>;

  constructor(defaults: Partial<Settings>) {
    this.#defaults = defaults;
  }

  get(name: SettingName): Entry {
    return this.#set.get(name) ?? { value: this.#defaults[name] ?? options[name].default, source: defaultSource };
  }

  set(name: SettingName, entry: Entry): void {
    this.#set.set(name, entry);
  }

  has(name: SettingName): boolean {
    return this.#set.has(name);
  }
}

/**
 * Takes for each option the first candidate that can be used, then what it inherits, then its default.
 *
 * @param problems gets a line for each candidate, or part of one, that could not be used
 * @param defaults count before those of the table
 */
export function resolveSettings(
  candidates: Candidates,
  problems: Problem[],
  defaults: Partial<Settings> = {},
): Resolved {
  const draft = new Draft(defaults);
  const bad: { name: SettingName; candidate: Candidate; rejected: string | undefined }[] = [];
  for (const [name, list] of candidates) {
    for (const candidate of list) {
      const parsed = candidate.raw === undefined ? undefined : options[name].type.parse(candidate.raw);
      const rejected = parsed?.rejected;
      if (parsed === undefined || rejected !== undefined) bad.push({ name, candidate, rejected });
      if (parsed === undefined) continue;
      draft.set(name, { value: parsed.value, source: candidate.source });
      break;
    }
  }
  inherit(draft);
  // only now is it known what is used instead
  for (const { name, candidate, rejected } of bad)
    problems.push(badValue(options[name], candidate, rejected, draft.get(name)));
  limitBatch(draft, 'maxExportBatchSize', 'maxQueueSize', problems);
  limitBatch(draft, 'logMaxExportBatchSize', 'logMaxQueueSize', problems);
  return freeze(draft);
}

/** A general option counts for the special one that nobody set. */
function inherit(draft: Draft): void {
  for (const [name, { inherits }] of optionRows) {
    const general = inherits as SettingName | undefined;
    if (general !== undefined && draft.has(general) && !draft.has(name)) draft.set(name, draft.get(general));
  }
}

type CountName = 'maxExportBatchSize' | 'maxQueueSize' | 'logMaxExportBatchSize' | 'logMaxQueueSize';

/** A batch cannot hold more than wait for it. */
function limitBatch(draft: Draft, batch: CountName, queue: CountName, problems: Problem[]): void {
  const { value, source } = draft.get(batch);
  const { value: limit, source: limitSource } = draft.get(queue);
  if (typeof value !== 'number' || typeof limit !== 'number' || value <= limit) return;
  draft.set(batch, { value: limit, source: limitSource });
  if (source.kind === 'default') return;
  const text = `${nameInSource(source)} must be at most ${nameOf(queue, limitSource)}, got ${JSON.stringify(String(value))}; using ${limit}`;
  problems.push({ severity: 'error', text });
}

/** As its source calls it, or as it is set. */
function nameOf(name: SettingName, source: Source): string {
  const row: Option = options[name];
  return source.kind === 'default' ? (row.env[0] ?? name) : nameInSource(source);
}

function freeze(draft: Draft): Resolved {
  const settings: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, Source>> = {};
  for (const [name] of optionRows) {
    const { value, source } = draft.get(name);
    settings[name] = Object.freeze(value);
    sources[name] = Object.freeze(source);
  }
  return { settings: Object.freeze(settings) as Settings, sources: Object.freeze(sources) as Sources };
}

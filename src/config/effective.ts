import type { Loaded } from './load.ts';
import { showValue } from './mask.ts';
import { optionRows, type SettingName } from './options.ts';
import { describeSource } from './source.ts';

/** One option as it is in effect; safe to be shown. */
export interface EffectiveValue {
  /** The option's; with the exporter before it where that has a value of its own. */
  readonly name: string;
  /** Secrets masked; '' where there is none. */
  readonly value: string;
  /** `OTEL_SERVICE_NAME`, `.env:12`, `tracing.yaml:3` or `default`. */
  readonly source: string;
  /** Sources that hold a value too, and do not count. */
  readonly overridden: readonly string[];
  readonly isSet: boolean;
}

/** Every option with its value and where that is from, in the order of the table. */
export function effectiveValues({
  settings,
  sources,
  candidates,
}: Pick<Loaded, 'settings' | 'sources' | 'candidates'>): EffectiveValue[] {
  return optionRows.map(([name, row]) => {
    const source = sources[name];
    const used = describeSource(source);
    const others = (candidates.get(name) ?? []).map((candidate) => describeSource(candidate.source));
    return {
      name,
      value: showValue(row, settings[name]) ?? '',
      source: used,
      overridden: others.filter((other) => other !== used),
      isSet: source.kind !== 'default',
    };
  });
}

/** What each further exporter of a declarative file has for itself. */
export function furtherValues({ sources, further }: Pick<Loaded, 'sources' | 'further'>): EffectiveValue[] {
  return further.flatMap((own, at) =>
    effectiveValues(own)
      .filter(({ name, isSet }) => isSet && own.sources[name as SettingName] !== sources[name as SettingName])
      .map((value) => Object.assign(value, { name: `exporter ${at + 2}: ${value.name}` })),
  );
}

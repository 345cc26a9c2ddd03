import type { Option } from './option.ts';
import { optionRows, type Settings } from './options.ts';
import type { Candidates, Sources } from './resolve.ts';

/**
 * What `process.env` must look like while OpenTelemetry's own parts read it: our values where they come from a file or
 * are written differently, and nothing where the value is bad, since they would complain about it a second time or,
 * worse, use it.
 *
 * @param set the options that any source sets, well or badly
 * @returns only what differs from `env`; `undefined` hides a variable
 */
export function sdkEnvironmentOf(
  env: NodeJS.ProcessEnv,
  settings: Settings,
  sources: Sources,
  set: Candidates,
): Readonly<Record<string, string | undefined>> {
  const overlay: Record<string, string | undefined> = {};
  for (const [name, row] of optionRows) {
    if (row.sdk === undefined || (!set.has(name) && row.sdk !== 'default')) continue;
    const source = sources[name];
    // not where it is inherited: the SDK has rules of its own for that
    const isOwn = set.get(name)?.some((candidate) => candidate.source === source) === true;
    const isSeen = row.sdk !== 'hidden' && (isOwn || row.sdk === 'default');
    const text = isSeen ? showToSdk(row, settings[name]) : undefined;
    for (const [index, variable] of row.env.entries()) {
      const wanted = index === 0 ? text : undefined;
      if (env[variable] !== wanted) overlay[variable] = wanted;
    }
  }
  return Object.freeze(overlay);
}

function showToSdk({ type }: Option, value: unknown): string | undefined {
  return type.formatForSdk === undefined ? type.format(value) : type.formatForSdk(value);
}

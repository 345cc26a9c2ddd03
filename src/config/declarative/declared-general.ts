import { instrumentationNames } from '../instrumentation-names.ts';
import { optionRows } from '../options.ts';
import type { Problem } from '../problem.ts';
import type { NamedCandidate, Section } from './section.ts';

/** What the rows of the table say that they are called in such a file. */
export function readRows(root: Section): readonly NamedCandidate[] {
  return optionRows.flatMap(([name, { declarative }]) => {
    let section: Section | undefined = declarative === undefined ? undefined : root;
    for (const key of declarative?.split('.') ?? []) section = section?.child(key);
    return section?.candidate(name) ?? [];
  });
}

/** The SDK's mapping, `fatal` and `trace` standing for the ends that these names do not have. */
const levels: readonly (readonly [pattern: RegExp, level: string])[] = [
  [/^trace$/, 'all'],
  [/^trace/, 'verbose'],
  [/^debug/, 'debug'],
  [/^info/, 'info'],
  [/^warn/, 'warn'],
  [/^error/, 'error'],
  [/^fatal/, 'none'],
];

export function readLogLevel(section: Section): readonly NamedCandidate[] {
  const named = String(section.value);
  return section.candidate('logLevel', levels.find(([pattern]) => pattern.test(named))?.[1]);
}

/** `composite`, then what `composite_list` has besides. */
export function readPropagator(section: Section, report: (problem: Problem) => void): readonly NamedCandidate[] {
  const composite = section.child('composite');
  const list = section.child('composite_list');
  if (composite === undefined) return list?.candidate('propagators') ?? [];
  const own = composite.items.map((item) => {
    const [name, below] = item.kind;
    if (below.entries.length > 0) report(below.problem('takes no settings here; they have no effect'));
    below.take();
    return name;
  });
  const listed = typeof list?.raw === 'string' ? list.raw.split(',') : [];
  return composite.candidate('propagators', [...own, ...listed]);
}

const languages = ['cpp', 'dotnet', 'erlang', 'go', 'java', 'php', 'python', 'ruby', 'rust', 'swift'];

/** `instrumentation/development`: which of ours are off; what is for other languages is none of our business. */
export function readInstrumentation(section: Section): readonly NamedCandidate[] {
  for (const language of languages) section.child(language)?.take();
  const general = section.child('general');
  // that of the server counts for both sides
  const [server, client] = ['server', 'client'].map((side) =>
    general?.child('http')?.child(side)?.child('known_methods'),
  );
  if (client !== undefined && String(client.raw) !== String(server?.raw)) client.refuse();
  const js = section.child('js');
  const off = (js?.entries ?? []).filter(([name, below]) => {
    const enabled = instrumentationNames.some((known) => known === name) ? below.child('enabled') : undefined;
    if (typeof enabled?.value !== 'boolean') below.refuse();
    return enabled?.value === false;
  });
  return js?.candidate('disabledInstrumentations', off.length === 0 ? undefined : off.map(([name]) => name)) ?? [];
}

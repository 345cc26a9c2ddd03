import { optionRows, type SettingName } from './options.ts';
import type { Option } from './option.ts';
import { quote, type Candidate, type Problem } from './problem.ts';
import { nameInSource } from './source.ts';
import type { nearest, Tolerance } from './suggest.ts';
import type { RawValue } from './value-type.ts';
import type { YamlNode } from './yaml.ts';

export interface YamlValues {
  readonly candidates: readonly (readonly [name: SettingName, candidate: Candidate])[];
  readonly problems: readonly Problem[];
}

/** Options by the keys of their paths: a row where a path ends, a further level where it goes on. */
type Level = Map<string, Level | readonly [SettingName, Option]>;

function levels(): Level {
  const top: Level = new Map();
  for (const [name, row] of optionRows) {
    const keys = row.yaml?.split('.') ?? [];
    const last = keys.pop();
    if (last === undefined) continue;
    let level = top;
    for (const key of keys) {
      const next = level.get(key) ?? new Map();
      if (!(next instanceof Map)) throw new Error(`${row.yaml} goes on where another option ends`);
      level.set(key, next);
      level = next;
    }
    level.set(last, [name, row]);
  }
  return top;
}

/**
 * Picks the values of our options out of a YAML file that may be the app's own and hold much else.
 *
 * @param suggest asked only about keys that are not ours
 * @param base where our options are in a file that has a place for them: every other key there is a mistake
 */
export function pickYamlValues(root: YamlNode, file: string, suggest: () => typeof nearest, base?: string): YamlValues {
  const candidates: [SettingName, Candidate][] = [];
  const problems: Problem[] = [];

  const prefix = base === undefined ? '' : `${base}.`;

  function sourceOf(path: string, { line, column }: YamlNode): Candidate['source'] {
    const place = base === undefined ? { line } : { line, column };
    return { kind: 'yaml', path: path === '' ? (base ?? file) : prefix + path, file, ...place };
  }

  function report(path: string, node: YamlNode, text: string): void {
    problems.push({ severity: 'hint', text: `${nameInSource(sourceOf(path, node))} ${text}` });
  }

  function pick(node: YamlNode, level: Level, path: string): void {
    if (node.kind === 'empty') return;
    if (node.kind !== 'map') {
      const keys = [...level.keys()].join(', ');
      if (path === '') report(path, node, `must be a map of options, got ${describe(node)}; going on without it`);
      else report(path, node, `must be a map with ${keys}, got ${describe(node)}; ignored`);
      return;
    }
    for (const [key, value] of node.entries) {
      const here = path === '' ? key : `${path}.${key}`;
      const known = level.get(key);
      if (known instanceof Map) pick(value, known, here);
      else if (known !== undefined) pickOption(value, known, here);
      else guess(key, value, level, path, node.entries);
    }
  }

  function pickOption(value: YamlNode, [name]: readonly [SettingName, Option], path: string): void {
    const held = rawOf(value);
    if (held !== undefined) candidates.push([name, { raw: held.raw, source: sourceOf(path, value) }]);
  }

  function guess(
    key: string,
    value: YamlNode,
    level: Level,
    path: string,
    siblings: ReadonlyMap<string, YamlNode>,
  ): void {
    // top-level keys and those of `register` are shared with the app, which has every right to a name near ours
    const isShared = base === undefined && (path === '' || path === 'register');
    const tolerance: Tolerance = isShared ? 'tight' : 'loose';
    const names = [...level.keys()];
    // a key of the app's beside the one of ours that it looks like is no slip
    const near = suggest()(key, tolerance === 'loose' ? names : names.filter((name) => !siblings.has(name)), tolerance);
    const meant = near === undefined ? undefined : level.get(near);
    const parent = path === '' ? '' : `${path}.`;
    if (near !== undefined && meant !== undefined && isPlausible(value, meant))
      report(parent + key, value, `is not an option; did you mean ${prefix}${parent}${near}?`);
    else if (base !== undefined) report(parent + key, value, 'is not an option; ignored');
  }

  pick(root, levels(), '');
  return { candidates, problems };
}

/** Whether the value would do under the name that was probably meant. */
function isPlausible(value: YamlNode, meant: Level | readonly [SettingName, Option]): boolean {
  if (meant instanceof Map) return value.kind === 'map' && [...value.entries.keys()].some((key) => meant.has(key));
  const raw = rawOf(value)?.raw;
  return raw !== undefined && meant[1].type.parse(raw) !== undefined;
}

/** @returns `undefined` where there is nothing, which is as unset; no `raw` where it is nested deeper than any option */
function rawOf(node: YamlNode): { readonly raw: RawValue | undefined } | undefined {
  switch (node.kind) {
    case 'empty':
      return undefined;
    case 'scalar':
      return node.text.trim() === '' ? undefined : { raw: node.text };
    case 'list': {
      const items = node.items.map(textOf);
      if (items.length === 0) return undefined;
      return { raw: items.every((item) => item !== undefined) ? items : undefined };
    }
    case 'map': {
      const entries: [string, string][] = [];
      for (const [key, value] of node.entries) {
        const text = textOf(value);
        if (text === undefined) return { raw: undefined };
        entries.push([key, text]);
      }
      return entries.length === 0 ? undefined : { raw: Object.fromEntries(entries) };
    }
  }
}

function textOf(node: YamlNode): string | undefined {
  return node.kind === 'scalar' ? node.text : node.kind === 'empty' ? '' : undefined;
}

function describe(node: YamlNode): string {
  return node.kind === 'scalar' ? quote(node.text) : `a ${node.kind}`;
}

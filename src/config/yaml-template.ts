import type { Option } from './option.ts';
import { optionRows, type SettingName } from './options.ts';

type Row = readonly [SettingName, Option];
/** Keys of one level, each with its row or the level below it. */
type Level = Map<string, Row | Level>;

const head = `# Configuration of otel-preload. The environment goes before .env, .env before this file.
# A line that begins with # and a key is the default, or shows what a value looks like: take the # away, its parents' too.
`;
/** What most people set comes first; the smallest file has just the first line. */
const EXAMPLES: Readonly<Partial<Record<SettingName, string>>> = {
  tracingUrl: 'http://127.0.0.1:14268/api/traces',
  namespace: 'dev',
  registerName: 'user-srv',
  grpcPort: '50061',
};

/** A YAML file with every option, each key once below its sentence: `tracing_url` set, the others commented out. */
export function renderYamlTemplate(): string {
  const isUsual = ([name]: Row): boolean => EXAMPLES[name] !== undefined;
  const rows = [...optionRows.filter(isUsual), ...optionRows.filter((row) => !isUsual(row))];
  const top: Level = new Map();
  for (const row of rows) {
    const keys = row[1].yaml?.split('.') ?? [];
    const last = keys.pop();
    if (last !== undefined) levelAt(top, keys).set(last, row);
  }
  return `${head}${renderLevel(top, 0)}`;
}

function levelAt(top: Level, keys: readonly string[]): Level {
  let level = top;
  for (const key of keys) {
    const next = level.get(key) ?? new Map();
    level.set(key, next);
    level = next as Level;
  }
  return level;
}

function renderLevel(level: Level, depth: number): string {
  const indent = '  '.repeat(depth);
  // options before the groups beside them
  const entries = [...level].toSorted(([, a], [, b]) => Number(a instanceof Map) - Number(b instanceof Map));
  return entries
    .map(([key, below]) => {
      if (below instanceof Map) return `\n${indent}#${key}:\n${renderLevel(below, depth + 1)}`;
      const [name, row] = below;
      const value = EXAMPLES[name] ?? preset(row);
      return `\n${indent}# ${row.doc}\n${indent}${name === 'tracingUrl' ? '' : '#'}${key}:${value === '' ? '' : ` ${value}`}\n`;
    })
    .join('');
}

function preset({ type, default: value }: Option): string {
  const text = value === undefined || value === Infinity ? '' : type.format(value);
  return /[^\w./,-]/.test(text) ? JSON.stringify(text) : text;
}

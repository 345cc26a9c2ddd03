import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** A YAML value with the line where it begins, its scalars as the file has them: `1.10` stays `1.10`. */
export type YamlNode =
  | { readonly kind: 'empty'; readonly line: number }
  | { readonly kind: 'scalar'; readonly line: number; readonly text: string }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly entries: ReadonlyMap<string, YamlNode> };

export type YamlResult =
  | { readonly status: 'parsed'; readonly root: YamlNode }
  | { readonly status: 'failed'; readonly line: number; readonly column: number; readonly reason: string };

/** Deep enough for any configuration, and the end of an alias that contains itself. */
const MAX_DEPTH = 16;

/** Parses one YAML 1.2 document; aliases and `<<` are resolved. The line of a map's entry is that of its key. */
export function parseYaml(content: string): YamlResult {
  const lines = new LineCounter();
  // duplicate keys are somebody's mistake, but the last one counts in most other readers of the same file
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { status: 'failed', line, column: col, reason: reasonOf(error.message) };
  }
  const lineOf = (node: unknown, fallback: number) => {
    const offset = (node as Partial<Node> | null)?.range?.[0];
    return offset === undefined ? fallback : lines.linePos(offset).line;
  };
  return { status: 'parsed', root: convert(document, document.contents, 1, 0, lineOf) };
}

/** What the parser says after a colon may be a piece of the file, and so of a password. */
function reasonOf(message: string): string {
  const [reason = message] = message.split(/:\s/, 1);
  return reason.replaceAll(/\s+/g, ' ').trim();
}

type LineOf = (node: unknown, fallback: number) => number;

function convert(document: Document, node: unknown, line: number, depth: number, lineOf: LineOf): YamlNode {
  if (isAlias(node)) return convert(document, node.resolve(document), line, depth + 1, lineOf);
  if (depth > MAX_DEPTH) return { kind: 'empty', line };
  if (isSeq(node)) {
    return {
      kind: 'list',
      line,
      items: node.items.map((item) => convert(document, item, lineOf(item, line), depth + 1, lineOf)),
    };
  }
  if (isMap(node)) {
    const entries = new Map<string, YamlNode>();
    for (const { key, value } of node.items) {
      const keyLine = lineOf(key, line);
      const name = isScalar(key) ? String(key.value) : String(key);
      const converted = convert(document, value, keyLine, depth + 1, lineOf);
      if (isScalar(key) && isMergeKey(key.source, key.value)) mergeInto(entries, converted);
      else entries.set(name, converted);
    }
    return { kind: 'map', line, entries };
  }
  if (!isScalar(node) || node.value === null || node.value === undefined) return { kind: 'empty', line };
  // plain scalars keep their spelling; quoted and block ones are strings already
  const text = node.type === 'PLAIN' && node.source !== undefined ? node.source : String(node.value);
  return { kind: 'scalar', line, text };
}

function isMergeKey(source: string | undefined, value: unknown): boolean {
  return source === '<<' || typeof value === 'symbol';
}

/** Keys of the map itself go before merged ones, wherever the `<<` stands. */
function mergeInto(entries: Map<string, YamlNode>, merged: YamlNode): void {
  if (merged.kind === 'list') for (const item of merged.items) mergeInto(entries, item);
  if (merged.kind !== 'map') return;
  for (const [name, node] of merged.entries) if (!entries.has(name)) entries.set(name, node);
}

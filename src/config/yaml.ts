import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';

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
  const { convert, unresolved } = createConverter(document, lineOf);
  const root = convert(document.contents, 1, 0);
  const [alias] = unresolved;
  if (alias === undefined) return { status: 'parsed', root };
  const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
  return { status: 'failed', line, column: col, reason: 'An alias has no anchor' };
}

/** What the parser says after a colon may be a piece of the file, and so of a password. */
function reasonOf(message: string): string {
  const [reason = message] = message.split(/:\s/, 1);
  return reason.replaceAll(/\s+/g, ' ').trim();
}

type LineOf = (node: unknown, fallback: number) => number;

function createConverter(document: Document, lineOf: LineOf) {
  // each anchor is converted once, or a few lines of aliases to aliases would fill the memory
  const anchors = new Map<unknown, YamlNode>();
  const unresolved: Alias[] = [];

  function resolve(node: Alias, line: number, depth: number): YamlNode {
    const target = node.resolve(document);
    if (target === undefined) unresolved.push(node);
    const known = anchors.get(target) ?? convert(target, line, depth + 1);
    anchors.set(target, known);
    return known;
  }

  function convert(node: unknown, line: number, depth: number): YamlNode {
    if (depth > MAX_DEPTH) return { kind: 'empty', line };
    if (isAlias(node)) return resolve(node, line, depth);
    if (isSeq(node)) {
      return { kind: 'list', line, items: node.items.map((item) => convert(item, lineOf(item, line), depth + 1)) };
    }
    if (isMap(node)) {
      const entries = new Map<string, YamlNode>();
      for (const { key, value } of node.items) {
        const keyLine = lineOf(key, line);
        const converted = convert(value, keyLine, depth + 1);
        if (isScalar(key) && isMergeKey(key)) mergeInto(entries, converted);
        else entries.set(isScalar(key) ? String(key.value) : String(key), { ...converted, line: keyLine });
      }
      return { kind: 'map', line, entries };
    }
    if (!isScalar(node)) return { kind: 'empty', line };
    const { value } = node;
    if (value === null || value === undefined) return { kind: 'empty', line };
    // numbers and booleans keep their spelling
    const text = typeof value === 'string' ? value : (node.source ?? JSON.stringify(value));
    return { kind: 'scalar', line, text };
  }

  return { convert, unresolved };
}

function isMergeKey(key: Scalar): boolean {
  return key.type === 'PLAIN' && key.source === '<<';
}

/** Keys of the map itself go before merged ones, wherever the `<<` stands. */
function mergeInto(entries: Map<string, YamlNode>, merged: YamlNode): void {
  if (merged.kind === 'list') for (const item of merged.items) mergeInto(entries, item);
  if (merged.kind !== 'map') return;
  for (const [name, node] of merged.entries) if (!entries.has(name)) entries.set(name, node);
}

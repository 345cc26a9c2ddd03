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

/** Where in a file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What YAML's core schema makes of a scalar; an integer beyond 2^53 is no longer exact. */
export type ScalarValue = string | number | boolean;

/** A YAML value with the place where it begins. */
export type YamlNode = Place &
  (
    | { readonly kind: 'empty' }
    | {
        readonly kind: 'scalar';
        /** As the file has it: `1.10` stays `1.10`. */
        readonly text: string;
        readonly value: ScalarValue;
        /** Neither quoted nor a block nor tagged: what it is, its text alone decides. */
        readonly isPlain: boolean;
      }
    | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
    | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlNode> }
  );

export type YamlResult =
  | { readonly status: 'parsed'; readonly root: YamlNode }
  | { readonly status: 'failed'; readonly line: number; readonly column: number; readonly reason: string };

/** Parses one YAML 1.2 document; aliases and `<<` are resolved. The place of a map's entry is that of its key. */
export function parseYaml(content: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { status: 'failed', line, column: col, reason: reasonOf(error.message) };
  }
  const placeOf: PlaceOf = (node, fallback) => {
    const offset = (node as Partial<Node> | null)?.range?.[0];
    if (offset === undefined) return fallback;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const { convert, unresolved } = createConverter(document, placeOf);
  const root = convert(document.contents, { line: 1, column: 1 });
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

type PlaceOf = (node: unknown, fallback: Place) => Place;

function createConverter(document: Document, placeOf: PlaceOf) {
  // each anchor is converted once, or a few lines of aliases to aliases would fill the memory
  const anchors = new Map<unknown, YamlNode>();
  const open = new Set<unknown>();
  const unresolved: Alias[] = [];

  function resolve(node: Alias, place: Place): YamlNode {
    const target = node.resolve(document);
    if (target === undefined) unresolved.push(node);
    // one that contains itself has an end here
    if (open.has(target)) return { kind: 'empty', ...place };
    const known = anchors.get(target) ?? convert(target, place);
    anchors.set(target, known);
    return known;
  }

  function convert(node: unknown, place: Place): YamlNode {
    if (isAlias(node)) return resolve(node, place);
    open.add(node);
    const converted = convertOwn(node, place);
    open.delete(node);
    return converted;
  }

  function convertOwn(node: unknown, place: Place): YamlNode {
    if (isSeq(node)) {
      return { kind: 'list', ...place, items: node.items.map((item) => convert(item, placeOf(item, place))) };
    }
    if (isMap(node)) {
      const entries = new Map<string, YamlNode>();
      for (const { key, value } of node.items) {
        const keyPlace = placeOf(key, place);
        const converted = convert(value, keyPlace);
        if (isScalar(key) && isMergeKey(key)) mergeInto(entries, converted);
        else entries.set(isScalar(key) ? String(key.value) : String(key), { ...converted, ...keyPlace });
      }
      return { kind: 'map', ...place, entries };
    }
    if (!isScalar(node)) return { kind: 'empty', ...place };
    const { value, type, tag } = node;
    if (value === null || value === undefined) return { kind: 'empty', ...place };
    const isPlain = type === 'PLAIN' && tag === undefined;
    // numbers and booleans keep their spelling
    const text = typeof value === 'string' ? value : (node.source ?? JSON.stringify(value));
    return { kind: 'scalar', ...place, text, value: isScalarValue(value) ? value : text, isPlain };
  }

  return { convert, unresolved };
}

function isScalarValue(value: unknown): value is ScalarValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
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

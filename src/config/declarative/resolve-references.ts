import type { Place, ScalarValue, YamlNode } from '../yaml.ts';
import { substitute } from './substitute.ts';

export interface ResolvedReferences {
  readonly root: YamlNode;
  /** Names of all variables that are referred to, set or not. */
  readonly variables: ReadonlySet<string>;
  readonly invalid: readonly (Place & { readonly reference: string })[];
}

/**
 * Substitutes variables in all scalars, not in keys. What a plain scalar is (a number, say) is decided after it, and it
 * never becomes a list or a map.
 */
export function resolveReferences(root: YamlNode, lookup: (name: string) => string | undefined): ResolvedReferences {
  const variables = new Set<string>();
  const invalid: (Place & { reference: string })[] = [];
  // what an anchor names is there once, however many aliases it has
  const done = new Map<YamlNode, YamlNode>();

  function look(name: string): string | undefined {
    if (name !== '') variables.add(name);
    return lookup(name);
  }

  function resolve(node: YamlNode): YamlNode {
    const known = done.get(node) ?? resolveNew(node);
    done.set(node, known);
    return known;
  }

  function resolveNew(node: YamlNode): YamlNode {
    if (node.kind === 'list') return { ...node, items: node.items.map(resolve) };
    if (node.kind === 'map') {
      return { ...node, entries: new Map([...node.entries].map(([key, value]) => [key, resolve(value)])) };
    }
    if (node.kind === 'empty') return node;
    const { line, column, isPlain } = node;
    const result = substitute(node.text, look);
    if (result.status === 'invalid') {
      invalid.push({ line, column, reference: result.reference });
      return node;
    }
    const { text } = result;
    if (text === node.text) return node;
    const value = isPlain ? resolvePlain(text) : text;
    return value === null ? { kind: 'empty', line, column } : { ...node, text, value };
  }

  return { root: resolve(root), variables, invalid };
}

const NULL = /^(?:null|Null|NULL|~)?$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;
const NUMBER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;

/**
 * What YAML 1.2 makes of a plain scalar.
 *
 * @see https://yaml.org/spec/1.2.2/#103-core-schema
 */
export function resolvePlain(text: string): ScalarValue | null {
  const plain = text.trim();
  if (NULL.test(plain)) return null;
  if (BOOLEAN.test(plain)) return plain.toLowerCase() === 'true';
  if (NUMBER.test(plain)) return Number(plain);
  if (INFINITE.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  return NOT_A_NUMBER.test(plain) ? Number.NaN : text;
}

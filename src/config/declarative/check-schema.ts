import { quote } from '../problem.ts';
import type { Place, YamlNode } from '../yaml.ts';
import type { Schema } from './schema.ts';

export interface SchemaProblem extends Place {
  /** `tracer_provider.processors[0].batch`; empty for the file. */
  readonly path: string;
  /** `must be an integer ≥ 0, got "5s"`. */
  readonly text: string;
}

/** All that is wrong with a file by its schema, in the order of the file's nodes. */
export function checkSchema(root: YamlNode, schema: Schema): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];

  function follow({ $ref, ...own }: Schema): Schema {
    const target = $ref === undefined ? undefined : schema.$defs?.[$ref.replace('#/$defs/', '')];
    if ($ref !== undefined && target === undefined) throw new Error(`the schema has no ${$ref}`);
    return target === undefined ? own : { ...follow(target), ...own };
  }

  function check(node: YamlNode, written: Schema, path: string): void {
    const wanted = follow(written);
    const report = (text: string): void => {
      problems.push({ line: node.line, column: node.column, path, text });
    };
    if (!isOfType(node, wanted) || !isInBounds(node, wanted)) {
      // a number that is meant as text is the slip of everybody
      const quotes = isBare(node) && [wanted.type ?? []].flat().includes('string') ? ' in quotes' : '';
      report(`must be ${describeSchema(wanted).replace('text', `text${quotes}`)}, got ${describeNode(node, path)}`);
      return;
    }
    if (node.kind === 'list') {
      if (node.items.length < (wanted.minItems ?? 0)) report(`must have at least ${wanted.minItems} item, got none`);
      const { items } = wanted;
      if (items !== undefined) for (const [at, item] of node.items.entries()) check(item, items, `${path}[${at}]`);
    }
    if (node.kind === 'map') checkMap(node, wanted, path, report);
  }

  function checkMap(
    { entries }: YamlNode & { kind: 'map' },
    wanted: Schema,
    path: string,
    report: (text: string) => void,
  ): void {
    const { properties = {}, additionalProperties: others = true, minProperties = 0, maxProperties } = wanted;
    const known = Object.keys(properties).join(', ');
    for (const name of wanted.required ?? []) if (!entries.has(name)) report(`must have ${name}, which is not there`);
    if (entries.size < minProperties || entries.size > (maxProperties ?? Infinity)) {
      const many = maxProperties === 1 ? 'exactly 1 entry' : `at least ${minProperties} entry`;
      report(`must have ${many}${known === '' ? '' : `, such as ${known}`}, got ${entries.size}`);
    }
    for (const [key, value] of entries) {
      const here = path === '' ? key : `${path}.${key}`;
      const property = Object.hasOwn(properties, key) ? properties[key] : others;
      if (typeof property === 'object') check(value, property, here);
      else if (property === false) {
        const allowed = known === '' ? 'nothing is' : `these are: ${known}`;
        problems.push({ line: value.line, column: value.column, path: here, text: `is not known there; ${allowed}` });
      }
    }
  }

  function isOfType(node: YamlNode, { type, oneOf }: Schema): boolean {
    if (oneOf !== undefined && oneOf.filter((one) => isWhole(node, one)).length !== 1) return false;
    return type === undefined || typesOf(node).some((one) => [type].flat().includes(one));
  }

  function isWhole(node: YamlNode, one: Schema): boolean {
    const before = problems.length;
    check(node, one, '');
    return problems.splice(before).length === 0;
  }

  check(root, schema, '');
  return problems;
}

function isBare(node: YamlNode): boolean {
  return node.kind === 'scalar' && typeof node.value !== 'string';
}

function typesOf(node: YamlNode): readonly string[] {
  if (node.kind !== 'scalar') return [{ empty: 'null', list: 'array', map: 'object' }[node.kind]];
  return Number.isInteger(node.value) ? ['integer', 'number'] : [typeof node.value];
}

function isInBounds(node: YamlNode, { enum: names, minimum, maximum, exclusiveMinimum }: Schema): boolean {
  if (node.kind === 'scalar' && typeof node.value === 'number') {
    // a number that is none is in no bounds
    const { value } = node;
    if (!(value >= (minimum ?? -Infinity)) || !(value <= (maximum ?? Infinity))) return false;
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return false;
  }
  // the type says whether nothing will do; the schema forgets it among the names, though it says what nothing means
  if (names === undefined || node.kind === 'empty') return true;
  return node.kind === 'scalar' && names.includes(node.value);
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};

/** Reads well after "must be". */
function describeSchema(schema: Schema): string {
  const { enum: names, minimum, maximum, exclusiveMinimum, items, oneOf } = schema;
  if (oneOf !== undefined) return join(oneOf.map(describeSchema));
  const types = [schema.type ?? []].flat();
  const bounds = [
    minimum === undefined ? '' : ` ≥ ${minimum}`,
    exclusiveMinimum === undefined ? '' : ` > ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` and ≤ ${maximum}`,
  ].join('');
  const described = types.map((type) => {
    if (names !== undefined && type === 'string') return `one of ${names.join(', ')}`;
    if (type === 'integer' || type === 'number') return `${typeNames[type]}${bounds}`;
    if (type === 'array' && items?.type !== undefined) return `a list of which each is ${describeSchema(items)}`;
    return typeNames[type] ?? type;
  });
  return join(described);
}

function join(texts: readonly string[]): string {
  return [texts.slice(0, -1).join(', '), ...texts.slice(-1)].filter((text) => text !== '').join(' or ');
}

function describeNode(node: YamlNode, path: string): string {
  if (node.kind === 'empty') return 'nothing';
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  // a key that was meant to be a header's value must not be shown
  return /headers/.test(path) ? '***' : typeof node.value === 'string' ? quote(node.value) : node.text;
}

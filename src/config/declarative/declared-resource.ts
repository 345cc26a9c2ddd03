import { attributes as pairs } from '../pairs-type.ts';
import type { Problem } from '../problem.ts';
import type { TypedValue } from '../value-type.ts';
import type { YamlNode } from '../yaml.ts';
import type { NamedCandidate, Section } from './section.ts';

/** What a detector of the file is called by `OTEL_NODE_RESOURCE_DETECTORS`. */
const detectors: Readonly<Record<string, readonly string[]>> = {
  container: ['container'],
  host: ['host', 'os'],
  process: ['process'],
  service: ['serviceinstance'],
  ...Object.fromEntries(['os', 'serviceinstance', 'alibaba', 'aws', 'azure', 'gcp'].map((name) => [name, [name]])),
};

/** What `resource` says for the options, besides what their rows name. */
export function readResource(section: Section, report: (problem: Problem) => void): readonly NamedCandidate[] {
  return [
    ...readAttributes(section.child('attributes'), section.child('attributes_list'), report),
    ...readDetectors(section.child('detection/development')?.child('detectors'), report),
  ];
}

/** `attributes` over `attributes_list`; one without a value is none. */
function readAttributes(
  list: Section | undefined,
  text: Section | undefined,
  report: (problem: Problem) => void,
): readonly NamedCandidate[] {
  if (list === undefined) return text?.candidate('resourceAttributes') ?? [];
  const own = list.items.flatMap((item): [string, TypedValue][] => {
    const value = item.child('value');
    const type = String(item.child('type')?.value ?? 'string');
    const name = String(item.child('name')?.value);
    if (value === undefined || value.node.kind === 'empty') return [];
    value.take();
    const typed = toTyped(value.node, type);
    if (typed === undefined) {
      report(value.problem(`must be ${typeNames[type] ?? type}, as its type says; going on without ${name}`));
      return [];
    }
    return [[name, typed]];
  });
  const listed = typeof text?.raw === 'string' ? pairs.parse(text.raw) : undefined;
  if (text?.raw !== undefined && listed === undefined) {
    report(text.problem(`must be ${pairs.allowed}; going on without it`));
  }
  return list.candidate('resourceAttributes', { ...listed?.value, ...Object.fromEntries(own) });
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  bool: 'true or false',
  int: 'an integer',
  double: 'a number',
  string_array: 'a list of texts',
  bool_array: 'a list of true and false',
  int_array: 'a list of integers',
  double_array: 'a list of numbers',
};

/** @returns undefined where the value is not of the type */
function toTyped(node: YamlNode, type: string): TypedValue | undefined {
  if (type.endsWith('_array')) {
    if (node.kind !== 'list') return undefined;
    const items = node.items.map((item) => toTyped(item, type.replace('_array', '')));
    return items.includes(undefined) ? undefined : (items as readonly string[]);
  }
  if (node.kind !== 'scalar') return undefined;
  const { value } = node;
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return Number.isInteger(value) ? value : undefined;
    case 'double':
      return typeof value === 'number' ? value : undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

function readDetectors(list: Section | undefined, report: (problem: Problem) => void): readonly NamedCandidate[] {
  if (list === undefined) return [];
  const names = list.items.flatMap((item) => {
    const [name, section] = item.kind;
    const found = detectors[name];
    if (found === undefined)
      report(section.problem(`is no detector here; these are: ${Object.keys(detectors).join(', ')}`));
    return found ?? [];
  });
  return list.candidate('resourceDetectors', names.length === 0 ? 'none' : names);
}

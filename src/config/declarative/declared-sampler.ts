import type { ComposableTree, SamplerTree, SamplingRule } from '../sampler-tree.ts';
import type { Problem } from '../problem.ts';
import type { NamedCandidate, Section } from './section.ts';

/** What the samplers that need no more than a name are called by `OTEL_TRACES_SAMPLER`. */
const simple: Readonly<Record<string, string>> = {
  always_on: 'always_on',
  always_off: 'always_off',
  trace_id_ratio: 'traceidratio',
};

/**
 * What `tracer_provider.sampler` says: for the options where these can say it, else for `samplerTree`.
 *
 * @param report gets a line for each sampler that is none here, and what is used in its place
 */
export function readSampler(section: Section, report: (problem: Problem) => void): readonly NamedCandidate[] {
  const tree = toTree(section, report) ?? { kind: 'parent_based', root: { kind: 'always_on' } };
  const isDefault = tree.kind === 'parent_based' && Object.keys(tree).length === 2;
  const root = isDefault ? tree.root : tree;
  const name = simple[root.kind];
  if (name === undefined) return section.candidate('samplerTree', JSON.stringify(tree));
  return [
    ...section.candidate('tracesSampler', isDefault ? `parentbased_${name}` : name),
    ...(root.kind === 'trace_id_ratio' ? section.candidate('tracesSamplerArg', String(root.ratio)) : []),
  ];
}

function toTree(sampler: Section, report: (problem: Problem) => void): SamplerTree | undefined {
  const [name, section] = sampler.kind;
  switch (name) {
    case 'always_on':
    case 'always_off':
      return { kind: name };
    case 'trace_id_ratio_based':
      return { kind: 'trace_id_ratio', ratio: ratioOf(section) };
    case 'parent_based':
      return toParentBased(section, report);
    case 'probability/development':
      return { kind: 'composite', sampler: { kind: 'probability', ratio: ratioOf(section) } };
    case 'composite/development':
      return { kind: 'composite', sampler: toComposable(section, report) };
    case 'jaeger_remote/development': {
      section.child('endpoint');
      section.child('interval');
      const initial = section.child('initial_sampler');
      report(section.problem('asks a server, which is not supported here; going on with its initial_sampler'));
      return initial && toTree(initial, report);
    }
    default:
      report(section.problem('is no sampler here; going on with the default'));
      section.take();
      return undefined;
  }
}

function ratioOf(section: Section): number {
  const ratio = section.child('ratio')?.value;
  return typeof ratio === 'number' ? ratio : 1;
}

const delegates = {
  remoteParentSampled: ['remote_parent_sampled', 'always_on'],
  remoteParentNotSampled: ['remote_parent_not_sampled', 'always_off'],
  localParentSampled: ['local_parent_sampled', 'always_on'],
  localParentNotSampled: ['local_parent_not_sampled', 'always_off'],
} as const;

/** Only what differs from the default is there. */
function toParentBased(section: Section, report: (problem: Problem) => void): SamplerTree {
  const child = (key: string): SamplerTree | undefined => {
    const found = section.child(key);
    return found === undefined || found.node.kind === 'empty' ? undefined : toTree(found, report);
  };
  const others = Object.entries(delegates).flatMap(([name, [key, preset]]) => {
    const tree = child(key);
    return tree === undefined || tree.kind === preset ? [] : [[name, tree] as const];
  });
  return { kind: 'parent_based', root: child('root') ?? { kind: 'always_on' }, ...Object.fromEntries(others) };
}

function toComposable(sampler: Section, report: (problem: Problem) => void): ComposableTree {
  const [name, section] = sampler.kind;
  switch (name) {
    case 'always_on':
    case 'always_off':
      return { kind: name };
    case 'probability':
      return { kind: 'probability', ratio: ratioOf(section) };
    case 'parent_threshold': {
      const root = section.child('root');
      return {
        kind: 'parent_threshold',
        root: root === undefined ? { kind: 'always_on' } : toComposable(root, report),
      };
    }
    case 'rule_based': {
      const rules = section.child('rules')?.items ?? [];
      return { kind: 'rule_based', rules: rules.map((rule) => toRule(rule, report)) };
    }
    default:
      report(section.problem('is no sampler here; going on with always_on'));
      section.take();
      return { kind: 'always_on' };
  }
}

function toRule(rule: Section, report: (problem: Problem) => void): SamplingRule {
  const texts = (section: Section | undefined, key: string): readonly string[] | undefined => {
    const raw = section?.child(key)?.raw;
    return typeof raw === 'object' ? raw : undefined;
  };
  const values = rule.child('attribute_values');
  const patterns = rule.child('attribute_patterns');
  const sampler = rule.child('sampler');
  return {
    ...(values && { values: { key: String(values.child('key')?.value), values: texts(values, 'values') ?? [] } }),
    ...(patterns && {
      patterns: {
        key: String(patterns.child('key')?.value),
        ...given('included', texts(patterns, 'included')),
        ...given('excluded', texts(patterns, 'excluded')),
      },
    }),
    ...given('kinds', texts(rule, 'span_kinds')),
    ...given('parents', texts(rule, 'parent')),
    sampler: sampler === undefined ? { kind: 'always_on' } : toComposable(sampler, report),
  };
}

/** A property that is absent rather than undefined. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}

import { type Attributes, type Context, isSpanContextValid, SpanKind, trace } from '@opentelemetry/api';
import {
  createComposableAlwaysOffSampler,
  createComposableAlwaysOnSampler,
  createComposableParentThresholdSampler,
  createComposableProbabilitySampler,
  createComposableRuleBasedSampler,
  createCompositeSampler,
} from '@opentelemetry/sampler-composite';
import { ParentBasedSampler, type Sampler } from '@opentelemetry/sdk-trace';
import type { ComposableTree, SamplerTree, SamplingRule } from '../config/sampler-tree.ts';
import { matchesWildcard } from '../core/wildcard.ts';
import { alwaysOff, alwaysOn, QuickSampler, traceIdRatio } from '../trace/quick-sampler.ts';

type Composable = Parameters<typeof createCompositeSampler>[0];

/**
 * Makes a sampler that is made of others, of the SDK's parts.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampler
 */
export function createSamplerTree(tree: SamplerTree): Sampler {
  switch (tree.kind) {
    case 'always_on':
      return new QuickSampler(alwaysOn, false);
    case 'always_off':
      return new QuickSampler(alwaysOff, false);
    case 'trace_id_ratio':
      return new QuickSampler(traceIdRatio(tree.ratio), false);
    case 'composite':
      return createCompositeSampler(createComposable(tree.sampler));
    case 'parent_based': {
      const { kind: _, root, ...delegates } = tree;
      const made = Object.entries(delegates).map(([name, one]) => [name, createSamplerTree(one)]);
      return new ParentBasedSampler({ root: createSamplerTree(root), ...Object.fromEntries(made) });
    }
  }
}

function createComposable(tree: ComposableTree): Composable {
  switch (tree.kind) {
    case 'always_on':
      return createComposableAlwaysOnSampler();
    case 'always_off':
      return createComposableAlwaysOffSampler();
    case 'probability':
      return createComposableProbabilitySampler(tree.ratio);
    case 'parent_threshold':
      return createComposableParentThresholdSampler(createComposable(tree.root));
    case 'rule_based':
      return createComposableRuleBasedSampler(
        tree.rules.map((rule) => [toPredicate(rule), createComposable(rule.sampler)]),
      );
  }
}

type Predicate = (context: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes) => boolean;

/** All that a rule names must hold; a rule that names nothing holds for every span. */
function toPredicate({ values, patterns, kinds, parents }: SamplingRule): Predicate {
  return (context, _traceId, _name, kind, attributes) =>
    (values === undefined || textsOf(attributes[values.key]).some((text) => values.values.includes(text))) &&
    (patterns === undefined || textsOf(attributes[patterns.key]).some((text) => isMeant(patterns, text))) &&
    (kinds === undefined || kinds.includes(SpanKind[kind].toLowerCase())) &&
    (parents === undefined || parents.includes(parentOf(context)));
}

/** As text, which rules are written in; a list holds where one of its items does. */
function textsOf(value: unknown): readonly string[] {
  return [value ?? []].flat().map(String);
}

function isMeant({ included, excluded = [] }: NonNullable<SamplingRule['patterns']>, text: string): boolean {
  const fits = (pattern: string): boolean => matchesWildcard(pattern, text);
  return (included === undefined || included.some(fits)) && !excluded.some(fits);
}

function parentOf(context: Context): string {
  const parent = trace.getSpanContext(context);
  if (parent === undefined || !isSpanContextValid(parent)) return 'none';
  return parent.isRemote === true ? 'remote' : 'local';
}

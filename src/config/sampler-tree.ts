import type { ValueType } from './value-type.ts';

/** A sampler that is made of others, as plain data. */
export type SamplerTree =
  | { readonly kind: 'always_on' | 'always_off' }
  | { readonly kind: 'trace_id_ratio'; readonly ratio: number }
  | {
      readonly kind: 'parent_based';
      readonly root: SamplerTree;
      /** What is absent follows the parent. */
      readonly remoteParentSampled?: SamplerTree;
      readonly remoteParentNotSampled?: SamplerTree;
      readonly localParentSampled?: SamplerTree;
      readonly localParentNotSampled?: SamplerTree;
    }
  | { readonly kind: 'composite'; readonly sampler: ComposableTree };

/** One that says a threshold, which those around it may look at. */
export type ComposableTree =
  | { readonly kind: 'always_on' | 'always_off' }
  | { readonly kind: 'probability'; readonly ratio: number }
  | { readonly kind: 'parent_threshold'; readonly root: ComposableTree }
  | { readonly kind: 'rule_based'; readonly rules: readonly SamplingRule[] };

/** Its sampler is asked where all that is there holds. */
export interface SamplingRule {
  readonly values?: { readonly key: string; readonly values: readonly string[] };
  /** With `?` for any character and `*` for any text. */
  readonly patterns?: {
    readonly key: string;
    readonly included?: readonly string[];
    readonly excluded?: readonly string[];
  };
  /** `internal`, `server`, `client`, `producer`, `consumer`. */
  readonly kinds?: readonly string[];
  /** `none`, `remote`, `local`. */
  readonly parents?: readonly string[];
  readonly sampler: ComposableTree;
}

/** Only a declarative file says such a thing, after its schema was checked: here it is JSON. */
export const samplerTree: ValueType<SamplerTree> = {
  allowed: 'a sampler of a declarative file',
  schema: { type: 'string' },
  parse(raw) {
    if (typeof raw !== 'string') return undefined;
    try {
      return { value: JSON.parse(raw) as SamplerTree };
    } catch {
      return undefined;
    }
  },
  format: (value) => JSON.stringify(value),
};

import {
  type Context,
  isSpanContextValid,
  isValidTraceId,
  type SpanContext,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';

/** Decides about a trace that starts here. */
export interface RootSampler {
  samples(traceId: string): boolean;
  toString(): string;
}

/**
 * A sampler that looks at nothing but the parent and the trace's id: our tracer asks it by `decide`, before it makes
 * anything. By `shouldSample` it is a sampler like any other; results and descriptions are those of the SDK's samplers.
 */
export class QuickSampler implements Sampler {
  readonly #root: RootSampler;
  readonly #followsParent: boolean;

  /** @param followsParent takes over what a parent, local or remote, has decided */
  constructor(root: RootSampler, followsParent: boolean) {
    this.#root = root;
    this.#followsParent = followsParent;
  }

  /** @param parent a valid one, or undefined */
  decide(parent: SpanContext | undefined, traceId: string): boolean {
    if (parent === undefined || !this.#followsParent) return this.#root.samples(traceId);
    return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  shouldSample(context: Context, traceId: string): SamplingResult {
    const parent = trace.getSpanContext(context);
    const isSampled = this.decide(parent !== undefined && isSpanContextValid(parent) ? parent : undefined, traceId);
    return { decision: isSampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    if (!this.#followsParent) return this.#root.toString();
    const kinds = ['remoteParentSampled', 'remoteParentNotSampled', 'localParentSampled', 'localParentNotSampled'];
    const others = kinds.map((kind) => `${kind}=Always${kind.includes('Not') ? 'Off' : 'On'}Sampler`);
    return `ParentBased{root=${this.#root.toString()}, ${others.join(', ')}}`;
  }
}

export const alwaysOn: RootSampler = { samples: () => true, toString: () => 'AlwaysOnSampler' };
export const alwaysOff: RootSampler = { samples: () => false, toString: () => 'AlwaysOffSampler' };

/**
 * Samples a share of all traces, the same ones as the SDK's in other processes: those whose id, its four words XORed, is
 * below that share of 2^32.
 *
 * @param ratio 0 to 1
 */
export function traceIdRatio(ratio: number): RootSampler {
  const share = ratio >= 1 ? 1 : ratio > 0 ? ratio : 0;
  const bound = share === 1 ? 2 ** 32 : Math.floor(share * (2 ** 32 - 1));
  return {
    samples: (traceId) => isValidTraceId(traceId) && fold(traceId) < bound,
    toString: () => `TraceIdRatioBased{${share}}`,
  };
}

function fold(traceId: string): number {
  let folded = 0;
  for (let at = 0; at < 32; at += 8) folded ^= Number.parseInt(traceId.slice(at, at + 8), 16);
  return folded >>> 0;
}

import { alwaysOff, alwaysOn, QuickSampler, traceIdRatio } from '../trace/quick-sampler.ts';

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/**
 * Makes the sampler that `OTEL_TRACES_SAMPLER` names.
 *
 * @param ratio 0 to 1, for the two ratio samplers
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function createSampler(name: SamplerName, ratio: number): QuickSampler {
  const root = name.endsWith('always_on') ? alwaysOn : name.endsWith('always_off') ? alwaysOff : traceIdRatio(ratio);
  return new QuickSampler(root, name.startsWith('parentbased_'));
}

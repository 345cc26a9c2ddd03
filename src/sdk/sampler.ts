import type { Sampler } from '@opentelemetry/sdk-trace';
import type { Settings } from '../config/options.ts';
import { alwaysOff, alwaysOn, QuickSampler, traceIdRatio } from '../trace/quick-sampler.ts';
import type { LoadPart } from './exporters.ts';

export type SamplerSettings = Pick<Settings, 'tracesSampler' | 'tracesSamplerArg' | 'samplerTree'>;

/**
 * Makes the sampler that `OTEL_TRACES_SAMPLER` names, or the one that is made of others, which is loaded for it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function createSampler(settings: SamplerSettings, load: LoadPart): Sampler {
  const { tracesSampler: name, tracesSamplerArg: ratio, samplerTree } = settings;
  if (samplerTree !== undefined) {
    return (load('sampler-tree') as typeof import('./sampler-tree.ts')).createSamplerTree(samplerTree);
  }
  const root = name.endsWith('always_on') ? alwaysOn : name.endsWith('always_off') ? alwaysOff : traceIdRatio(ratio);
  return new QuickSampler(root, name.startsWith('parentbased_'));
}

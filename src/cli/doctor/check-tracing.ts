import type { ExporterChoice } from '../../config/choose-exporters.ts';
import type { SettingName } from '../../config/options.ts';
import type { Loaded } from '../../config/load.ts';
import { nameInSource } from '../../config/source.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const ENABLED = 'tracing.enabled';
const SAMPLED = 'tracing.sampled';

/** Whether the configuration lets any span be made, and any of them out. */
export function checkTracing(
  { settings, sources }: Pick<Loaded, 'settings' | 'sources'>,
  choices: readonly ExporterChoice[],
): Finding[] {
  const named = (name: SettingName): string => {
    const source = sources[name];
    return source.kind === 'default' ? `the default of ${name}` : nameInSource(source);
  };
  const file = settings.declarativeFile;
  if (file !== undefined && sources.sdkDisabled === sources.declarativeFile)
    return [fail(ENABLED, `${file} cannot be used: nothing is traced`, 'mend what config.valid says of it')];
  if (settings.sdkDisabled)
    return [fail(ENABLED, `${named('sdkDisabled')} is true: nothing is traced`, 'take it away')];
  if (choices.length === 0 && file !== undefined) {
    const fix = 'name one among the processors of its tracer_provider';
    return [fail(ENABLED, `${file} has no exporter of spans: nothing is traced`, fix)];
  }
  if (choices.length === 0) {
    const fix = 'take it away, or name an exporter: jaeger, otlp, console';
    return [fail(ENABLED, `${named('tracesExporter')} is none: nothing is traced`, fix)];
  }
  const enabled = ok(ENABLED, `spans go to ${choices.map(describeChoice).join(' and ')}`);
  if (settings.samplerTree !== undefined)
    return [enabled, ok(SAMPLED, `${named('samplerTree')} is made of others, which decide`)];
  return [enabled, checkSampler(settings.tracesSampler, settings.tracesSamplerArg, named)];
}

function checkSampler(sampler: string, ratio: number, named: (name: SettingName) => string): Finding {
  const source = named('tracesSampler');
  const isRatio = sampler.endsWith('traceidratio');
  const isNever = sampler.endsWith('always_off') || (isRatio && ratio === 0);
  const which = isRatio ? `${sampler} with ${ratio}` : sampler;
  const fix = 'set OTEL_TRACES_SAMPLER=parentbased_always_on; the test span below is sent all the same';
  if (isNever && sampler.startsWith('parentbased')) {
    return warn(SAMPLED, `${source} is ${which}: only traces that a caller has begun and sampled are recorded`, fix);
  }
  if (isNever) return fail(SAMPLED, `${source} is ${which}: no trace is recorded`, fix);
  return ok(
    SAMPLED,
    isRatio ? `${source} is ${which}: ${ratio * 100} % of the traces are recorded` : `${sampler} (${source})`,
  );
}

function describeChoice(choice: ExporterChoice): string {
  switch (choice.kind) {
    case 'jaeger-http':
      return `Jaeger, ${choice.endpoints.map(({ url, socketPath }) => socketPath ?? url).join(' or ')}`;
    case 'jaeger-agent':
      return `a Jaeger agent, udp://${choice.host}:${choice.port}`;
    case 'otlp': {
      const whither = choice.endpoints.map(({ url, socketPath }) => socketPath ?? url).join(' or ');
      return `OTLP ${choice.protocol}, ${whither}${choice.isDefault ? ', which nobody has set' : ''}`;
    }
    case 'otlp-file':
      return `lines of OTLP, ${choice.path ?? 'stdout'}`;
    case 'console':
      return 'the console';
  }
}

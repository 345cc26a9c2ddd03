import type { ExporterChoice } from '../../config/choose-exporters.ts';
import type { Settings } from '../../config/options.ts';
import { createLog } from '../../core/log.ts';
import { createExporter } from '../../export/create-exporter.ts';
import type { TransportConfig } from '../../export/transport.ts';
import { createChosen, type LoadPart } from '../../sdk/exporters.ts';
import type { Encoder } from '../../wire/encoder.ts';

/** One address, with all that a transport to it is made of. */
export type Target = Exclude<TransportConfig, { kind: 'failover' | 'file' }>;

type NetworkedChoice = Exclude<ExporterChoice, { kind: 'console' | 'otlp-file' }>;

/** The way of spans to one exporter, as the preload goes it. */
export interface Route {
  readonly choice: NetworkedChoice;
  readonly encoder: Encoder;
  /** Several are a list: the first that takes spans gets them. */
  readonly targets: readonly Target[];
  /** The longest that one attempt may take. */
  readonly timeoutMs: number;
}

/**
 * Makes the exporters of the configuration as the preload would, and takes out what they send with.
 *
 * @param load gives a part of the bundle: a rare encoder
 */
export function findRoutes(choices: readonly ExporterChoice[], settings: Settings, load: LoadPart): Route[] {
  const routes: Route[] = [];
  const networked = choices.filter(isNetworked);
  const log = createLog({ level: 'none' });
  const batching = { ...settings, spoolDirectory: undefined, ready: Promise.resolve(), log };
  for (const choice of networked) {
    createChosen(choice, batching, load, (options) => {
      const { encoder, transport, exportTimeoutMs: timeoutMs } = options;
      routes.push({ choice, encoder, targets: targetsOf(transport), timeoutMs });
      return createExporter(options);
    });
  }
  return routes;
}

function isNetworked(choice: ExporterChoice): choice is NetworkedChoice {
  return choice.kind !== 'console' && choice.kind !== 'otlp-file';
}

function targetsOf(config: TransportConfig): Target[] {
  if (config.kind === 'file') return [];
  return config.kind === 'failover' ? config.targets.flatMap(targetsOf) : [config];
}

import {
  hostDetector,
  osDetector,
  processDetector,
  type ResourceDetector,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import type { Log } from '../core/log.ts';
import { readContainerId } from './container-id.ts';

/** A detector and the name by which it was asked for. */
export interface NamedDetector {
  readonly name: string;
  readonly detector: ResourceDetector;
}

const containerDetector: ResourceDetector = {
  detect() {
    const id = readContainerId();
    return { attributes: id === undefined ? {} : { 'container.id': id } };
  },
};

/** `env` finds nothing: what is configured comes as `resourceAttributes`, from `.env` and YAML too. */
const builtIn: ReadonlyMap<string, ResourceDetector> = new Map([
  ['env', { detect: () => ({}) }],
  ['host', hostDetector],
  ['os', osDetector],
  ['process', processDetector],
  ['serviceinstance', serviceInstanceIdDetector],
  ['container', containerDetector],
]);

/** They ask a metadata server, so that nothing of them is loaded unless they are named. */
const clouds: ReadonlySet<string> = new Set(['alibaba', 'aws', 'azure', 'gcp']);

/**
 * Finds the detectors for the names in `OTEL_NODE_RESOURCE_DETECTORS`.
 *
 * @param load gives a part of the bundle: `detector-<cloud>`, with `{ detectors: ResourceDetector[] }` in it
 * @returns in the order of `names`; one that is unknown or does not load is one line and left out
 */
export function loadDetectors(names: readonly string[], load: (part: string) => unknown, log: Log): NamedDetector[] {
  return names.flatMap((name): NamedDetector[] => {
    const known = builtIn.get(name);
    if (known !== undefined) return [{ name, detector: known }];
    try {
      if (!clouds.has(name)) throw new Error('there is none of this name');
      const { detectors } = load(`detector-${name}`) as { detectors: readonly ResourceDetector[] };
      return detectors.map((detector) => ({ name, detector }));
    } catch (error) {
      log.trouble(
        `resource.${name}`,
        `the resource detector ${name} could not be loaded: ${String(error)}; going on without`,
      );
      return [];
    }
  });
}

import type { ResourceDetector } from '@opentelemetry/resources';
import type { Log } from '../core/log.ts';
import { readContainerId } from './container-id.ts';
import { createHostDetector, createInstanceDetector, createProcessDetector, osDetector } from './local-detectors.ts';

/** A detector and the name by which it was asked for. */
export interface NamedDetector {
  readonly name: string;
  readonly detector: ResourceDetector;
  /** It has its answer when it is asked, and need not be asked before somebody wants to know. */
  readonly answersAtOnce?: boolean;
}

const containerDetector: ResourceDetector = {
  detect() {
    const id = readContainerId();
    return { attributes: id === undefined ? {} : { 'container.id': id } };
  },
};

/** `env` finds nothing: what is configured comes as `resourceAttributes`, from `.env` and YAML too. */
const local: Readonly<Record<string, () => ResourceDetector>> = {
  env: () => ({ detect: () => ({}) }),
  // elsewhere it is another program that knows the machine's id
  ...(process.platform === 'linux' && { host: createHostDetector }),
  os: () => osDetector,
  process: createProcessDetector,
  serviceinstance: createInstanceDetector,
  container: () => containerDetector,
};

/** Parts of the bundle: they ask a metadata server or another program, and are not loaded unless they are named. */
const parts: ReadonlySet<string> = new Set(['alibaba', 'aws', 'azure', 'gcp', 'host']);

/**
 * Finds the detectors for the names in `OTEL_NODE_RESOURCE_DETECTORS`.
 *
 * @param load gives a part of the bundle: `detector-<name>`, with `{ detectors: ResourceDetector[] }` in it
 * @returns in the order of `names`; one that is unknown or does not load is one line and left out
 */
export function loadDetectors(names: readonly string[], load: (part: string) => unknown, log: Log): NamedDetector[] {
  return names.flatMap((name): NamedDetector[] => {
    const create = Object.hasOwn(local, name) ? local[name] : undefined;
    if (create !== undefined) return [{ name, detector: create(), answersAtOnce: true }];
    try {
      if (!parts.has(name)) throw new Error('there is none of this name');
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

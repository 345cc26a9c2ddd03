import { defaultResource, type Resource } from '@opentelemetry/resources';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import type { Log } from '../core/log.ts';
import { isMainThread } from '../core/main-thread.ts';
import { matchesWildcard } from '../core/wildcard.ts';
import type { NamedDetector } from './detectors.ts';
import { watchListeningPort } from './listening-port.ts';
import { LiveResource } from './live-resource.ts';
import { maskArguments, maskText } from './mask-arguments.ts';
import { type AddressSettings, findOwnAddress, formatAddress, type Network } from './own-address.ts';
import { findService } from './service.ts';

/** The settings that say who this is. */
export interface ResourceSettings extends AddressSettings {
  readonly serviceName?: string | undefined;
  readonly registerName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly resourceAttributes?: Readonly<Record<string, unknown>> | undefined;
  /** Patterns of what detectors may find; absent, all. */
  readonly detectedAttributes?: readonly string[] | undefined;
  /** Patterns of what they may not. */
  readonly undetectedAttributes?: readonly string[];
  readonly resourceSchemaUrl?: string | undefined;
}

export interface ResourceOptions {
  readonly settings: ResourceSettings;
  readonly detectors: readonly NamedDetector[];
  readonly log: Log;
  /** How long detectors may take before the spans go without what they find; default 2000. */
  readonly deadlineMs?: number;
  /** Ports of our own servers, which are not the app's. */
  readonly ignoredPorts?: readonly number[];
  /** The app's entry script; default `process.argv[1]`, in a worker thread none. */
  readonly entry?: string | undefined;
  readonly cwd?: string;
  readonly network?: Network;
}

export interface CreatedResource {
  readonly resource: Resource;
  /** Resolves when every detector has answered, or at the deadline; never rejects and keeps nothing alive. */
  readonly ready: Promise<void>;
  /** Stops looking out for the port. */
  close(): void;
}

const DEADLINE_MS = 2_000;

/**
 * Describes the service in the attributes that go out with each batch. From weak to strong:
 *
 * 1. `telemetry.sdk.*`
 * 2. what detectors find, the later over the earlier; secrets in `process.command_args` are masked
 * 3. `service.name`, `service.version`, `namespace` and `service.namespace` (one value), `address`
 * 4. the configured attributes (`OTEL_RESOURCE_ATTRIBUTES`)
 * 5. the configured name (`OTEL_SERVICE_NAME`)
 *
 * `address` is `IP:port`. Where no port is configured it is the IP alone until the app's server listens. A detector that
 * throws or hangs costs one line.
 *
 * Nothing is looked up before somebody looks at the resource, the first span that is sent, unless a detector has to wait for
 * its answer.
 *
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export function createResource(options: ResourceOptions): CreatedResource {
  const { settings, detectors } = options;
  const configured = settings.resourceAttributes ?? {};
  // a worker thread's entry may be any package's; who the service is, the process says
  const entry = 'entry' in options ? options.entry : isMainThread ? process.argv[1] : undefined;
  const cwd = options.cwd ?? process.cwd();
  let isLookedAt = false;
  let port: number | undefined;

  const layers = ['sdk', ...detectors.map((_, at) => layerOf(at)), 'own', 'configured'];
  const resource = new LiveResource(layers, findOut, settings.resourceSchemaUrl);

  function findOut(): void {
    isLookedAt = true;
    learnAll(resource, 'sdk', defaultResource().attributes);
    const { serviceName, registerName } = settings;
    const service = findService({ serviceName, registerName, resourceAttributes: configured, entry, cwd });
    const namespace = settings.namespace || configured['service.namespace'];
    learnAll(resource, 'own', {
      'service.version': service.version,
      ...(namespace !== '' && { namespace, 'service.namespace': namespace }),
    });
    learnAll(resource, 'configured', { ...configured, 'service.name': service.name });
    learnAddress();
    detect(resource, options);
  }

  function learnAddress(): void {
    const address = findOwnAddress(settings, options.network);
    if (address === undefined) return;
    resource.learn('own', 'address', formatAddress({ ...address, port: address.port ?? port }));
  }

  const watch = watchListeningPort({
    ignoredPorts: options.ignoredPorts ?? [],
    onPort(listensOn) {
      port = listensOn;
      if (isLookedAt) learnAddress();
    },
  });
  const isQuick = detectors.every(({ answersAtOnce }) => answersAtOnce);
  return {
    resource,
    ready: isQuick ? Promise.resolve() : resource.waitForAsyncAttributes(),
    close: () => watch.close(),
  };
}

function detect(resource: LiveResource, options: ResourceOptions): void {
  const { settings, detectors, log, deadlineMs = DEADLINE_MS } = options;
  const waitedFor = new Map<Promise<void>, string>();

  function learn(at: number, key: string, value: unknown): void {
    if (isWanted(key, settings)) resource.learn(layerOf(at), key, mask(key, value));
  }

  detectors.forEach(({ name, detector }, at) => {
    const failed = (error: unknown): void =>
      log.trouble(`resource.${name}`, `the resource detector ${name} failed: ${String(error)}; going on without`);
    try {
      for (const [key, value] of Object.entries(detector.detect().attributes ?? {})) {
        if (!isPromiseLike(value)) {
          learn(at, key, value);
          continue;
        }
        const answer = Promise.resolve(value).then((settled) => learn(at, key, settled));
        const end = answer.catch(failed).then(() => {
          waitedFor.delete(end);
          if (waitedFor.size === 0) settle();
        });
        waitedFor.set(end, name);
      }
    } catch (error) {
      failed(error);
    }
  });

  const deadline = setTimeout(() => {
    for (const name of new Set(waitedFor.values())) {
      log.trouble(
        `resource.${name}`,
        `the resource detector ${name} did not answer in ${deadlineMs} ms; going on without`,
      );
    }
    settle();
  }, deadlineMs).unref();

  function settle(): void {
    clearTimeout(deadline);
    resource.settle();
  }
  if (waitedFor.size === 0) settle();
}

function learnAll(resource: LiveResource, layer: string, attributes: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(attributes)) resource.learn(layer, key, value);
}

function isWanted(key: string, { detectedAttributes, undetectedAttributes = [] }: ResourceSettings): boolean {
  const fits = (pattern: string): boolean => matchesWildcard(pattern, key);
  return (detectedAttributes === undefined || detectedAttributes.some(fits)) && !undetectedAttributes.some(fits);
}

function layerOf(at: number): string {
  return `detector ${at}`;
}

function mask(key: string, value: unknown): unknown {
  if (key === 'process.command_args' && Array.isArray(value)) return maskArguments(value.map(String));
  return key.startsWith('process.command') && typeof value === 'string' ? maskText(value) : value;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

export interface Service {
  readonly name: string;
  readonly version: string | undefined;
}

export interface ServiceSource {
  /** `OTEL_SERVICE_NAME` or its like. */
  readonly serviceName?: string | undefined;
  /** `OTEL_RESOURCE_ATTRIBUTES` or its like; `service.name` and `service.version` are read. */
  readonly resourceAttributes: Readonly<Record<string, unknown>>;
  /** The name under which the service registers itself. */
  readonly registerName?: string | undefined;
  /** The app's entry script, `process.argv[1]`; undefined under `-e` and in the REPL. */
  readonly entry: string | undefined;
  readonly cwd: string;
}

const OWN_PACKAGE = 'otel-preload';

/**
 * Says who the service is. Its name: as configured, else the name it registers under, else that of the package that the
 * entry script belongs to, else `unknown_service:node`. Its version: as configured, else that package's.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/service/
 */
export function findService(source: ServiceSource): Service {
  const name = source.serviceName || textOf(source.resourceAttributes['service.name']) || source.registerName;
  const version = textOf(source.resourceAttributes['service.version']);
  if (name && version) return { name, version };
  const app = directoriesOf(source)
    .map(findPackage)
    .find((found) => found !== undefined);
  return { name: name || (app?.name ?? 'unknown_service:node'), version: version || app?.version };
}

/**
 * Where to look for the app's package, through symbolic links, as Node.js itself does.
 *
 * A script of an installed package (`node_modules/.bin/next`) is a tool that runs the app around it: the one of the
 * working directory, or where that is elsewhere the one it is installed in, or, installed by itself, its own.
 */
function directoriesOf({ entry, cwd }: ServiceSource): string[] {
  if (entry === undefined || entry === '' || entry === '-') return [cwd];
  const path = resolve(cwd, entry);
  try {
    const real = realpathSync(path);
    const own = statSync(real).isDirectory() ? real : dirname(real);
    const [around = '', inside] = own.split(`${sep}node_modules${sep}`);
    if (inside === undefined) return [own];
    return [`${realpathSync(cwd)}${sep}`.startsWith(`${around}${sep}`) ? cwd : around, own];
  } catch {
    // `node app` for app.js
    return [dirname(path)];
  }
}

/** A package.json without a name (`{"type":"module"}` in a folder) says nothing about whose it is; ours is never the app's. */
function findPackage(directory: string): { name: string; version: string | undefined } | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const { name, version } = readManifest(join(at, 'package.json'));
    if (name !== undefined && name !== OWN_PACKAGE) return { name, version };
    if (dirname(at) === at) return undefined;
  }
}

function readManifest(path: string): { name: string | undefined; version: string | undefined } {
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return { name: textOf(name), version: textOf(version) };
  } catch {
    return { name: undefined, version: undefined };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

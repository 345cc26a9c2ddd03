/**
 * Writes src/instrument/catalog.ts and src/config/instrumentation-names.ts from the installed
 * @opentelemetry/auto-instrumentations-node, and what we have besides.
 *
 * Every instrumentation is constructed once with recorders in the place of require- and
 * import-in-the-middle: what it asks them to watch are its targets.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Published } from '../src/instrument/catalog-row.ts';

const PREFIX = '@opentelemetry/instrumentation-';
const root = new URL('..', import.meta.url);
const require = createRequire(import.meta.url);

/** Off unless named: one span for each look-up, connection or file would bury the trace. */
const OFF = new Set(['dns', 'fs', 'net', 'host-metrics']);
/** Not woken by a module: what does it instead. */
const WOKEN_BY: Readonly<Record<string, string>> = {
  undici: "{ channel: 'undici:request:create' }",
  'runtime-node': "'metrics'",
  'host-metrics': "'metrics'",
  'aws-lambda': "'lambda'",
};

/** Libraries that publish what the instrumentation would patch them for: where a call begins, and since when. */
const PUBLISHES: Readonly<Record<string, Published>> = {
  // not ioredis, which hides rejections from the process where somebody subscribes: docs/upstream.md
  // mysql2: the canaries of 3.19.2 publish already, and 3.20.0 came after them
  mysql2: { channels: ['tracing:mysql2:query:start', 'tracing:mysql2:execute:start'], from: '3.19.2' },
  // the packages redis and @redis/client have had one version since 5.0
  redis: {
    channels: [
      'tracing:node-redis:command:start',
      'tracing:node-redis:batch:start',
      'tracing:node-redis:connect:start',
    ],
    from: '5.12.0',
  },
};

/** Our own, where auto-instrumentations-node has none, and what wakes them. */
const OWN: Readonly<Record<string, string>> = {
  fastify: "{ channel: 'fastify.initialization' }",
  h3: "{ channel: 'tracing:h3.request:start' }",
};

type Constructor = new (config: { enabled: boolean }) => object;

export function generateCatalog(): string {
  const rows = names().map((short) => {
    const own = OWN[short];
    if (own !== undefined) return `  { name: '${short}', className: undefined, wokenBy: ${own}, byDefault: true },`;
    const name = PREFIX + short;
    const { className, targets } = inspect(name);
    const wokenBy = WOKEN_BY[short] ?? `[${quoted(targets)}]`;
    if (wokenBy === '[]') throw new Error(`${name} watches no module: say in WOKEN_BY what wakes it`);
    const published = PUBLISHES[short];
    const publishes =
      published === undefined
        ? ''
        : ` publishes: { channels: [${quoted(published.channels)}], from: '${published.from}' },`;
    return `  { name: '${short}', className: '${className}', wokenBy: ${wokenBy},${publishes} byDefault: ${!OFF.has(short)} },`;
  });
  return [
    '// Made by scripts/generate-catalog.ts from @opentelemetry/auto-instrumentations-node; do not edit.',
    "import type { CatalogRow } from './catalog-row.ts';",
    '',
    'export const catalog: readonly CatalogRow[] = [',
    ...rows,
    '];',
    '',
  ].join('\n');
}

/** The names that the two lists of instrumentations may have: rooms do not import each other, so each has its file. */
export function generateNames(): string {
  return [
    '// Made by scripts/generate-catalog.ts from @opentelemetry/auto-instrumentations-node; do not edit.',
    'export const instrumentationNames = [',
    ...names().map((name) => `  '${name}',`),
    '] as const;',
    '',
  ].join('\n');
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

/** Short names of all, in the order of the alphabet. */
function names(): string[] {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('node_modules/@opentelemetry/auto-instrumentations-node/package.json', root), 'utf8'),
  );
  const { dependencies } = manifest as { dependencies: Record<string, string> };
  const packages = Object.keys(dependencies).filter((name) => name.startsWith(PREFIX));
  return [...packages.map((name) => name.slice(PREFIX.length)), ...Object.keys(OWN)].sort();
}

function inspect(packageName: string): { className: string; targets: string[] } {
  const targets = new Set<string>();
  function Recorder(modules: readonly string[] | null): void {
    for (const name of modules ?? []) targets.add(name);
  }
  const recorder = Object.assign(Recorder, { Hook: Recorder });
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const original = loader._load;
  loader._load = (request, ...rest) =>
    request === 'import-in-the-middle' || request === 'require-in-the-middle'
      ? recorder
      : original.call(loader, request, ...rest);
  try {
    for (const file of Object.keys(require.cache)) if (file.includes('@opentelemetry')) delete require.cache[file];
    const exports: Record<string, unknown> = require(packageName);
    const className = Object.keys(exports).find((key) => key.endsWith('Instrumentation'));
    if (className === undefined) throw new Error(`${packageName} exports no class named …Instrumentation`);
    void new (exports[className] as Constructor)({ enabled: true });
    return { className, targets: [...targets].sort() };
  } finally {
    loader._load = original;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(new URL('src/instrument/catalog.ts', root), generateCatalog());
  writeFileSync(new URL('src/config/instrumentation-names.ts', root), generateNames());
}

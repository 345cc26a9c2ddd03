/**
 * Makes dist/: one CommonJS bundle, cut where something is loaded only when it is needed, and the types.
 *
 *   register.js            the guard; loads start.js
 *   start.js               what every traced process loads
 *   index.js               what apps import
 *   testing.js             what their tests import
 *   instrumentation-*.js   one part for each row of the catalogue
 *   …                      the other parts, see `parts`
 *   cli.js                 the command line; what it needs is in cli-*.js
 *   viewer/                the viewer's page, see scripts/build-page.ts
 *   lib/register.js,       import-in-the-middle's shared state and its loader-thread entry, which its wrappers
 *   import-hook.mjs        import by URL
 *   LICENSES.txt           of every package that has code in here
 *
 * CommonJS, because it must load synchronously by --require, by --import and from a running `require`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin, type RolldownOptions } from 'rolldown';
import { buildPage } from './build-page.ts';
import { catalog } from '../src/instrument/catalog.ts';
import { Licences } from './licences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const modules = `${root}node_modules`;
const require = createRequire(import.meta.url);

/** Parts that are loaded on demand by `load` in src/start.ts, besides the instrumentations. */
const parts: Readonly<Record<string, string>> = {
  yaml: 'src/config/yaml.ts',
  dotenv: 'src/config/dotenv.ts',
  suggest: 'src/config/suggest.ts',
  'node-sdk': 'src/parts/node-sdk.ts',
  'import-loader': 'src/parts/import-loader.ts',
  'propagator-b3': 'src/parts/propagator-b3.ts',
  'propagator-jaeger': 'src/parts/propagator-jaeger.ts',
  'propagator-xray': 'src/parts/propagator-xray.ts',
  'detector-alibaba': 'src/parts/detector-alibaba.ts',
  'detector-aws': 'src/parts/detector-aws.ts',
  'detector-azure': 'src/parts/detector-azure.ts',
  'detector-gcp': 'src/parts/detector-gcp.ts',
  'jaeger-encoder': 'src/wire/jaeger-encoder.ts',
  'jaeger-agent-encoder': 'src/wire/jaeger-agent-encoder.ts',
  'otlp-protobuf-encoder': 'src/wire/otlp-protobuf-encoder.ts',
  'otlp-json-encoder': 'src/wire/otlp-json-encoder.ts',
  'native-http': 'src/instrument/http/http-instrumentation.ts',
  'native-grpc': 'src/instrument/grpc/grpc-instrumentation.ts',
  'console-tree': 'src/export/console-tree.ts',
  spooling: 'src/export/spooling.ts',
  'flush-worker': 'src/flush-worker.ts',
};

const INSTRUMENTATION = 'instrumentation:';

/** An instrumentation's part is its class under one name, whatever its package calls it. */
const instrumentationParts: Plugin = {
  name: 'instrumentation-parts',
  resolveId: (id) => (id.startsWith(INSTRUMENTATION) ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith(`\0${INSTRUMENTATION}`)) return null;
    const name = id.slice(INSTRUMENTATION.length + 1);
    const row = catalog.find((one) => one.name === name);
    if (row === undefined) throw new Error(`no row for ${name}`);
    return `export { ${row.className} as Instrumentation } from '@opentelemetry/instrumentation-${name}';`;
  },
};

const HUB = `${root}src/instrument/hub.ts`;

/** What `@opentelemetry/instrumentation` would hook by itself goes through the one registry instead. */
const oneHub: Plugin = {
  name: 'one-hub',
  resolveId(id, importer) {
    if (id === '\0hub-require') return id;
    if (id === '\0hub-import') return id;
    if (importer === undefined || !/@opentelemetry[/\\]instrumentation/.test(importer)) return null;
    if (id === 'require-in-the-middle') return '\0hub-require';
    if (id === 'import-in-the-middle') return '\0hub-import';
    if (id === 'diagnostics_channel' && importer.includes('instrumentation-undici')) return HUB;
    return null;
  },
  load(id) {
    if (id === '\0hub-require') return `export { RequireHook as Hook } from ${JSON.stringify(HUB)};`;
    if (id === '\0hub-import') return `export { ImportHook as Hook } from ${JSON.stringify(HUB)};`;
    return null;
  },
};

/**
 * What we wrap must not look wrapped to another copy of `@opentelemetry/instrumentation`: where the app brings one, it
 * would take ours off before it puts its own on. And what cannot be wrapped is said by our rules, not by the console.
 */
const ownWrapping: Plugin = {
  name: 'own-wrapping',
  transform(code, id) {
    if (!/@opentelemetry[/\\]instrumentation[/\\]dist[/\\](?:shimmer|utils)\.mjs$/.test(id)) return null;
    const own = code.replaceAll(/\b__(?=(?:original|unwrap|wrapped)\b)/g, '__otelPreload_');
    if (own === code) throw new Error(`${id} marks what it wraps in another way`);
    if (!id.endsWith('shimmer.mjs')) return own;
    const quiet = own.replace('console.error.bind(console)', '(text) => diag.debug(text)');
    if (quiet === own) throw new Error(`${id} prints in another way`);
    return `import { diag } from '@opentelemetry/api';\n${quiet}`;
  },
};

/** The packages of one release train depend on several patch versions of each other; the bundle has one copy of each. */
const oneCopy: Plugin = {
  name: 'one-copy',
  async resolveId(id, importer) {
    const match = /^@opentelemetry\/(?:core|resources|instrumentation|sdk-trace|semantic-conventions)$/.exec(id);
    if (match === null || importer === undefined || importer.startsWith(`${root}src`)) return null;
    return await this.resolve(id, `${root}src/start.ts`, { skipSelf: true });
  },
};

/**
 * Some packages require others only when they need them, by a `require` that the bundler does not see. Those that are
 * installed are taken in; the others stay what they are to the package: optional, and the app's to bring.
 */
const hiddenRequires: Plugin = {
  name: 'hidden-requires',
  transform(code, id) {
    if (!/@opentelemetry[/\\].*\.mjs$/.test(id) || !code.includes('__require(')) return null;
    const imports: string[] = [];
    const own = code.replaceAll(/\b__require\("([^"]+)"\)/g, (call, name: string) => {
      if (isBuiltin(name) || !existsSync(`${modules}/${name}`)) return call;
      imports.push(`import __required${imports.length} from ${JSON.stringify(name)};`);
      return `__required${imports.length - 1}`;
    });
    return `${imports.join('')}${own}`;
  },
};

/** `debug` would read the app's DEBUG variable and print. */
const noDebug: Plugin = {
  name: 'no-debug',
  resolveId: (id) => (id === 'debug' ? '\0no-debug' : null),
  load: (id) => (id === '\0no-debug' ? 'module.exports = () => () => {};' : null),
};

/**
 * NodeSDK imports every exporter and both other signals at its top. Where only traces are on, none of them is
 * reached; in that build they are empty.
 */
const tracesOnly: Plugin = {
  name: 'traces-only',
  resolveId(id, importer) {
    if (importer === undefined || !/@opentelemetry[/\\]sdk-node[/\\]/.test(importer)) return null;
    return /^@opentelemetry\/(?:exporter-|sdk-logs$|sdk-metrics$|propagator-b3$|configuration$)/.test(id)
      ? { id: `\0unused:${id}`, moduleSideEffects: false }
      : null;
  },
  load(id) {
    if (!id.startsWith('\0unused:')) return null;
    const names = Object.keys(require(id.slice('\0unused:'.length)) as object);
    return names
      .map((name) => `export class ${name} { constructor() { throw new Error('not in this build'); } }`)
      .join('\n');
  },
};

/** NodeSDK makes its tracer provider itself; where it imports the class, it finds ours. */
const ownTracing: Plugin = {
  name: 'own-tracing',
  resolveId: (id, importer) =>
    id === '@opentelemetry/sdk-trace' && importer !== undefined && /@opentelemetry[/\\]sdk-node[/\\]/.test(importer)
      ? '\0own-tracing'
      : null,
  load: (id) =>
    id === '\0own-tracing'
      ? `export * from '@opentelemetry/sdk-trace';
         export { TracerProvider } from ${JSON.stringify(`${root}src/trace/tracer-provider.ts`)};`
      : null,
};

/** Every context of the bundle, the root as well, is one of ours. */
const ownContext: Plugin = {
  name: 'own-context',
  load: (id) =>
    /@opentelemetry[/\\]api[/\\]dist[/\\]context[/\\]context\.mjs$/.test(id)
      ? `export * from ${JSON.stringify(`${root}src/trace/context.ts`)};`
      : null,
};

/** import-in-the-middle's wrappers import this file by URL, so the bundle must use the very same one. */
const sharedImportState: Plugin = {
  name: 'shared-import-state',
  resolveId: (id, importer) =>
    importer !== undefined && /import-in-the-middle[/\\]index\.js$/.test(importer) && id === './lib/register'
      ? { id: './lib/register.js', external: true }
      : null,
};

const shared = {
  platform: 'node',
  // Our copy of @opentelemetry/api is in the bundle: its 50 files would be a third of the start. Copies meet at a global
  // symbol, so the app's own works with it; as a dependency it is there for the helper's types.
  external: [/^node:/],
  cwd: root,
  checks: { circularDependency: false },
} satisfies RolldownOptions;

const licences = new Licences();

async function bundle(input: Record<string, string>, plugins: Plugin[], output: object): Promise<void> {
  const build = await rolldown({
    ...shared,
    input,
    plugins: [ownTracing, ownContext, oneCopy, hiddenRequires, noDebug, licences.plugin, ...plugins],
  });
  await build.write({ dir: dist, entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js', ...output });
  await build.close();
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(`${dist}/lib`, { recursive: true });
cpSync(`${modules}/import-in-the-middle/lib/register.js`, `${dist}/lib/register.js`);

const instrumentations = Object.fromEntries(
  catalog.map(({ name }) => [`instrumentation-${name}`, INSTRUMENTATION + name]),
);
const cjs = {
  format: 'cjs',
  exports: 'named',
  // Lines stay: where a traced app throws, Node.js prints the line, and that may be one of ours.
  minify: { mangle: false, compress: true, codegen: false },
  comments: false,
};
await bundle(
  { start: 'src/start.ts', index: 'src/index.ts', testing: 'src/testing.ts', ...parts, ...instrumentations },
  [instrumentationParts, oneHub, ownWrapping, sharedImportState, tracesOnly],
  cjs,
);
await bundle({ 'node-sdk-full': 'src/parts/node-sdk.ts' }, [oneHub], { ...cjs, chunkFileNames: 'full-[hash].js' });
await bundle({ 'import-hook': 'src/parts/import-hook.ts' }, [], {
  format: 'esm',
  entryFileNames: '[name].mjs',
  minify: cjs.minify,
  comments: false,
  chunkFileNames: 'import-hook-[hash].mjs',
});
{
  const build = await rolldown({
    ...shared,
    input: { register: 'register.ts' },
    external: [/.*/],
    transform: { target: 'es2015' },
  });
  await build.write({ dir: dist, format: 'cjs', entryFileNames: '[name].js' });
  await build.close();
}
await bundle({ cli: 'src/cli/main.ts' }, [], { ...cjs, chunkFileNames: 'cli-[name]-[hash].js' });
await buildPage(`${root}src/viewer/page`, `${dist}/viewer`, [licences.plugin]);

writeFileSync(`${dist}/LICENSES.txt`, licences.text());
writeFileSync(`${dist}/register.d.ts`, 'export {};\n');
execFileSync(process.execPath, [`${modules}/typescript/bin/tsc`, '-p', `${root}tsconfig.types.json`], {
  cwd: root,
  stdio: 'inherit',
});

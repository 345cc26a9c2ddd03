/**
 * Makes dist/: one CommonJS bundle, cut where something is loaded only when it is needed, and the types.
 *
 *   register.js            the guard; loads start.js
 *   start.js               what every traced process loads
 *   index.js               what apps import
 *   testing.js             what their tests import
 *   instrumentation-*.js   one part for each row of the catalogue that is OpenTelemetry's
 *   …                      the other parts, see `parts`
 *   cli.js                 the command line; what it needs is in cli-*.js
 *   doctor-probe.js        what `doctor -- command` looks at a command's start with
 *   viewer/                the viewer's page, see scripts/build-page.ts
 *   lib/register.js,       import-in-the-middle's shared state and its loader-thread entry, which its wrappers
 *   import-hook.mjs        import by URL
 *   LICENSES.txt           of every package that has code in here
 *   sbom.cdx.json          the same packages as a bill of materials
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
import { BundledPackages, readManifest } from './bundled-packages.ts';
import { renderLicences } from './licences.ts';
import { renderSbom } from './sbom.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;
const modules = `${root}node_modules`;
const require = createRequire(import.meta.url);

/** Parts that are loaded on demand by `load` in src/start.ts, besides the instrumentations. */
const parts: Readonly<Record<string, string>> = {
  yaml: 'src/config/yaml.ts',
  dotenv: 'src/config/dotenv.ts',
  declarative: 'src/config/declarative/load-declarative.ts',
  suggest: 'src/config/suggest.ts',
  'import-watch': 'src/parts/import-watch.ts',
  threads: 'src/parts/threads.ts',
  'import-loader': 'src/parts/import-loader.ts',
  'propagator-b3': 'src/parts/propagator-b3.ts',
  'propagator-xray': 'src/parts/propagator-xray.ts',
  'detector-alibaba': 'src/parts/detector-alibaba.ts',
  'detector-aws': 'src/parts/detector-aws.ts',
  'detector-azure': 'src/parts/detector-azure.ts',
  'detector-gcp': 'src/parts/detector-gcp.ts',
  'detector-host': 'src/parts/detector-host.ts',
  'jaeger-agent-encoder': 'src/wire/jaeger-agent-encoder.ts',
  'otlp-json-encoder': 'src/wire/otlp-json-encoder.ts',
  'native-http': 'src/instrument/http/http-instrumentation.ts',
  'native-grpc': 'src/instrument/grpc/grpc-instrumentation.ts',
  'native-express': 'src/instrument/express/express-instrumentation.ts',
  'native-fastify': 'src/instrument/fastify/fastify-instrumentation.ts',
  'native-published': 'src/instrument/published/published-instrumentation.ts',
  'console-tree': 'src/export/console-tree.ts',
  exporting: 'src/sdk/exporters.ts',
  spooling: 'src/export/spooling.ts',
  'sampler-tree': 'src/sdk/sampler-tree.ts',
};

const PART = 'part:';
const START = `${PART}start`;
const EXPORTING = `${PART}exporting`;
/** Those that are never there without exporting.js. */
const ofExporting = new Set(['threads', 'jaeger-agent-encoder', 'otlp-json-encoder', 'console-tree', 'spooling']);
/** What start.js has in it besides, see the second. */
const STARTS = [`${root}src/start.ts`, `${root}src/parts/shared.ts`];

/**
 * Every part imports the start, which is loaded before it in any case. So what a part has in common with the start is
 * in start.js, and not in one file for each set of parts that share something: a file less is 0.4 ms less. So it is with
 * exporting.js and what is made of the same.
 *
 * An instrumentation's part is its class under one name, whatever its package calls it.
 */
const entries: Plugin = {
  name: 'entries',
  resolveId: (id) => (id.startsWith(PART) ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith(`\0${PART}`)) return null;
    const name = id.slice(PART.length + 1);
    if (id === `\0${START}`) return STARTS.map((file) => `export * from ${JSON.stringify(file)};`).join('');
    const row = catalog.find((one) => `instrumentation-${one.name}` === name);
    const exported =
      row === undefined
        ? `export * from ${JSON.stringify(`${root}${parts[name]}`)}`
        : `export { ${row.className} as Instrumentation } from '@opentelemetry/${name}'`;
    const before = ofExporting.has(name) ? [START, EXPORTING] : [START];
    return `${before.map((part) => `import ${JSON.stringify(part)};`).join('')} ${exported};`;
  },
};

const TRACER_PROVIDER = `${root}src/trace/tracer-provider.ts`;
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

/** The bundler keeps its few helpers in a file of their own; what most processes load has them in itself. */
const ownHelpers: Plugin = {
  name: 'own-helpers',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
    const helpers = chunks.find(
      ({ moduleIds }) => moduleIds.length === 1 && moduleIds[0]?.includes('rolldown/runtime'),
    );
    if (helpers === undefined) throw new Error('the bundler puts its helpers elsewhere');
    const inlined = `((exports) => {\n${helpers.code}\nreturn exports;\n})({})`;
    for (const chunk of chunks) {
      if (!/^(?:start|native-.*)\.js$/.test(chunk.fileName)) continue;
      chunk.code = chunk.code.replace(`require("./${helpers.fileName}")`, () => inlined);
    }
  },
};

/** One character beyond Latin-1 in a file, and V8 holds all of it in two bytes each. */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      chunk.code = chunk.code.replaceAll(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/** `debug` would read the app's DEBUG variable and print. */
const noDebug: Plugin = {
  name: 'no-debug',
  resolveId: (id) => (id === 'debug' ? '\0no-debug' : null),
  load: (id) => (id === '\0no-debug' ? 'module.exports = () => () => {};' : null),
};

/** What NodeSDK needs of its imports where only traces are on, and everything else was made by us. */
const needed: Readonly<Record<string, readonly string[]>> = {
  '@opentelemetry/resources': ['defaultResource', 'resourceFromAttributes'],
};

/**
 * NodeSDK makes its tracer provider itself: where it imports the class, it finds ours. And it imports every exporter,
 * detector and both other signals at its top; in the build for traces alone, none of which is reached, they are empty.
 */
function sdkImports({ tracesOnly }: { tracesOnly: boolean }): Plugin {
  const unused = /^@opentelemetry\/(?:exporter-|sdk-logs$|sdk-metrics$|propagator-b3$|configuration$|resources$)/;
  return {
    name: 'sdk-imports',
    resolveId(id, importer) {
      if (importer === undefined || !/@opentelemetry[/\\]sdk-node[/\\]/.test(importer)) return null;
      const isOurs = id === '@opentelemetry/sdk-trace' || (tracesOnly && unused.test(id));
      return isOurs ? { id: `\0sdk:${id}`, moduleSideEffects: false } : null;
    },
    load(id) {
      if (!id.startsWith('\0sdk:')) return null;
      const name = id.slice('\0sdk:'.length);
      const exported = Object.keys(require(name) as object).map((what) => {
        if (what === 'TracerProvider') return `export { TracerProvider } from ${JSON.stringify(TRACER_PROVIDER)};`;
        if (!tracesOnly || needed[name]?.includes(what)) return `export { ${what} } from ${JSON.stringify(name)};`;
        return `export class ${what} { constructor() { throw new Error('not in this build'); } }`;
      });
      return exported.join('\n');
    },
  };
}

/** Every context of the bundle, the root as well, is one of ours. */
const ownContext: Plugin = {
  name: 'own-context',
  load: (id) =>
    /@opentelemetry[/\\]api[/\\]dist[/\\]context[/\\]context\.mjs$/.test(id)
      ? `export * from ${JSON.stringify(`${root}src/trace/context.ts`)};`
      : null,
};

/** import-in-the-middle loads `node:worker_threads`, and with it all of `node:stream`, for a function that nobody calls here. */
const noThreads: Plugin = {
  name: 'no-threads',
  transform(code, id) {
    if (!/import-in-the-middle[/\\]index\.js$/.test(id)) return null;
    const own = code.replace("require('worker_threads')", '{}');
    if (own === code) throw new Error(`${id} loads worker_threads in another way`);
    return own;
  },
};

/** import-in-the-middle's wrappers import this file by URL, so the bundle must use the very same one. */
const sharedImportState: Plugin = {
  name: 'shared-import-state',
  resolveId: (id, importer) =>
    importer !== undefined && /import-in-the-middle[/\\]index\.js$/.test(importer) && id === './lib/register'
      ? { id: './lib/register.js', external: true }
      : null,
};

const composite = '@opentelemetry/sampler-composite';

const shared = {
  platform: 'node',
  // Our copy of @opentelemetry/api is in the bundle: its 50 files would be a third of the start. Copies meet at a global
  // symbol, so the app's own works with it; as a dependency it is there for the helper's types.
  external: [/^node:/],
  cwd: root,
  checks: { circularDependency: false, pluginTimings: false },
  // parts find what they share with the start in start.js itself
  preserveEntrySignatures: 'allow-extension',
  // its entry is CommonJS that requires ours, all of which would have to be there to be required
  resolve: { alias: { [composite]: `${modules}/${composite}/build/esnext/index.js` } },
  // a builtin of which nothing is used need not be loaded
  treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
  optimization: { inlineConst: true },
} satisfies RolldownOptions;

const packages = new BundledPackages();

async function bundle(input: Record<string, string>, plugins: Plugin[], output: object): Promise<void> {
  const build = await rolldown({
    ...shared,
    input,
    plugins: [...plugins, ownContext, oneCopy, hiddenRequires, noDebug, asciiOnly, packages.plugin],
  });
  await build.write({ dir: dist, entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js', ...output });
  await build.close();
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(`${dist}/lib`, { recursive: true });
cpSync(`${modules}/import-in-the-middle/lib/register.js`, `${dist}/lib/register.js`);

const official = catalog.filter(({ className }) => className !== undefined);
const onDemand = [...Object.keys(parts), ...official.map(({ name }) => `instrumentation-${name}`)];
const cjs = {
  format: 'cjs',
  exports: 'named',
  // loadCompiled gives a file `require` and no `import()`
  dynamicImportInCjs: false,
  // Lines stay: where a traced app throws, Node.js prints the line, and that may be one of ours.
  minify: { mangle: false, compress: true, codegen: false },
  comments: false,
};
await bundle(
  { start: START, ...Object.fromEntries(onDemand.map((name) => [name, PART + name])) },
  [entries, oneHub, ownWrapping, noThreads, sharedImportState, sdkImports({ tracesOnly: true }), ownHelpers],
  cjs,
);
// What is loaded where the start is not has nothing in common with it.
await bundle({ index: 'src/index.ts', testing: 'src/testing.ts' }, [], cjs);
await bundle({ 'flush-worker': 'src/flush-worker.ts' }, [], cjs);
// A CommonJS package that requires ours, all of which would have to be there to be required.
await bundle({ 'propagator-jaeger': 'src/parts/propagator-jaeger.ts' }, [], cjs);
await bundle({ 'node-sdk-full': 'src/parts/node-sdk.ts' }, [oneHub, sdkImports({ tracesOnly: false })], {
  ...cjs,
  chunkFileNames: 'full-[hash].js',
});
await bundle({ 'import-hook': 'src/parts/import-hook.ts' }, [], {
  format: 'esm',
  entryFileNames: '[name].mjs',
  minify: cjs.minify,
  comments: false,
  chunkFileNames: 'import-hook-[hash].mjs',
});
// What runs on old Node.js lines too, each file by itself.
for (const input of [{ register: 'register.ts' }, { 'doctor-probe': 'src/cli/doctor/probe.ts' }]) {
  const build = await rolldown({
    ...shared,
    input,
    external: ['fs', 'path', 'worker_threads'],
    transform: { target: 'es2015' },
  });
  await build.write({
    dir: dist,
    format: 'cjs',
    entryFileNames: '[name].js',
    minify: cjs.minify,
    comments: false,
  } as object);
  await build.close();
}
await bundle({ cli: 'src/cli/main.ts' }, [], { ...cjs, chunkFileNames: 'cli-[name]-[hash].js' });
await buildPage(`${root}src/viewer/page`, `${dist}/viewer`, [packages.plugin]);

writeFileSync(`${dist}/LICENSES.txt`, renderLicences(packages.list()));
writeFileSync(`${dist}/sbom.cdx.json`, renderSbom(readManifest(root), packages.list()));
writeFileSync(`${dist}/register.d.ts`, 'export {};\n');
execFileSync(process.execPath, [`${modules}/typescript/bin/tsc`, '-p', `${root}tsconfig.types.json`], {
  cwd: root,
  stdio: 'inherit',
});

import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { buildOnce, cachePath, runTool } from '../support/build-once.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run } from '../support/run.ts';
import { renderTraffic, type Traffic } from './traffic.ts';

const program = readFileSync(new URL('./programs/grpc-traffic.cjs', import.meta.url), 'utf8');

/** How a program may come by the package. */
export const importForms = {
  require: [
    'main.cjs',
    `const [grpc, api, protoLoader] = ['@grpc/grpc-js', '@opentelemetry/api', '@grpc/proto-loader'].map((id) => require(id));
    require('./traffic.cjs').run({ grpc, api, protoLoader });`,
  ],
  'namespace import': [
    'main.mjs',
    `import * as grpc from '@grpc/grpc-js'; import * as api from '@opentelemetry/api';
    import * as protoLoader from '@grpc/proto-loader'; import { run } from './traffic.cjs';
    await run({ grpc, api, protoLoader });`,
  ],
  'default import': [
    'main.mjs',
    `import grpc from '@grpc/grpc-js'; import * as api from '@opentelemetry/api';
    import protoLoader from '@grpc/proto-loader'; import { run } from './traffic.cjs';
    await run({ grpc, api, protoLoader });`,
  ],
  'named imports': [
    'main.mjs',
    `import { Client, credentials, InterceptingCall, loadPackageDefinition, makeClientConstructor, makeGenericClientConstructor,
      Metadata, propagate, Server, ServerCredentials, ServerInterceptingCall, status } from '@grpc/grpc-js';
    import * as api from '@opentelemetry/api'; import * as protoLoader from '@grpc/proto-loader';
    import { run } from './traffic.cjs';
    const grpc = { Client, credentials, InterceptingCall, loadPackageDefinition, makeClientConstructor,
      makeGenericClientConstructor, Metadata, propagate, Server, ServerCredentials, ServerInterceptingCall, status };
    await run({ grpc, api, protoLoader });`,
  ],
  'dynamic import': [
    'main.mjs',
    `const [grpc, api, protoLoader] = await Promise.all(
      ['@grpc/grpc-js', '@opentelemetry/api', '@grpc/proto-loader'].map((id) => import(id)));
    (await import('./traffic.cjs')).run({ grpc, api, protoLoader });`,
  ],
  'dynamic import in CommonJS, after require': [
    'main.cjs',
    `require('@grpc/grpc-js');
    (async () => {
      const { default: grpc } = await import('@grpc/grpc-js');
      require('./traffic.cjs').run({ grpc, api: require('@opentelemetry/api'), protoLoader: require('@grpc/proto-loader') });
    })();`,
  ],
} as const;

export interface GrpcTrafficOptions {
  readonly form?: keyof typeof importForms;
  /** A regular expression for the names of the cases; default: all. */
  readonly only?: string;
  /** Of @grpc/grpc-js; default: the one that is installed. */
  readonly version?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface GrpcTraffic {
  readonly traffic: Traffic;
  /** What each case came to for the app. */
  readonly results: Readonly<Record<string, unknown>>;
  readonly stderr: string;
}

/**
 * Runs programs/grpc-traffic.cjs.
 *
 * @param instrumentation undefined runs it without the preload
 */
export async function runGrpcTraffic(
  t: TestContext,
  instrumentation: 'native' | 'official' | undefined,
  { form = 'require', only = '', version, env = {} }: GrpcTrafficOptions = {},
): Promise<GrpcTraffic> {
  const collector = await startCollector(t);
  const [file, source] = importForms[form];
  const cwd = app(t, { 'traffic.cjs': program, [file]: source });
  if (version !== undefined) replaceGrpc(cwd, await installGrpc(version));
  const flags = instrumentation === undefined ? [] : importFlag();
  const { stdout, stderr, code } = await run({
    args: ['--expose-gc', ...flags, file, only],
    cwd,
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      TRACING_GRPC_INSTRUMENTATION: instrumentation,
      TRACING_FLUSH_TIMEOUT: '10000',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      // A server of before 1.10 has to be started by what is deprecated since.
      NODE_NO_WARNINGS: '1',
      ...env,
    },
    timeoutMs: 120_000,
  });
  if (code !== 0) throw new Error(`${code}\n${stderr}`);
  const { results, ports } = JSON.parse(stdout) as Pick<GrpcTraffic, 'results'> & { readonly ports: readonly number[] };
  const traffic = renderTraffic(collector.spans, (line) => rename(line, ports));
  return { traffic, results, stderr };
}

/** Ports, and the times that gRPC writes into its messages. */
function rename(line: string, ports: readonly number[]): string {
  let named = line;
  for (const port of ports) named = named.replaceAll(String(port), '<port>');
  return named
    .replace(/(Deadline exceeded) after [^"]*/, '$1')
    .replace(/(No connection established)\. Last error: [^"]*/, '$1');
}

async function installGrpc(version: string): Promise<string> {
  const dir = await buildOnce(cachePath('otel-preload', 'grpc-js', version), async (unfinished) => {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runTool('npm', ['install', '--prefix', unfinished, ...flags, `@grpc/grpc-js@${version}`], { cwd: '/' });
  });
  return join(dir, 'node_modules', '@grpc');
}

/** Links the packages of another installation of gRPC into an app. */
function replaceGrpc(cwd: string, scope: string): void {
  const target = join(cwd, 'node_modules', '@grpc');
  if (lstatSync(target).isSymbolicLink()) unlinkSync(target);
  mkdirSync(target);
  for (const name of readdirSync(scope)) symlinkSync(join(scope, name), join(target, name));
}

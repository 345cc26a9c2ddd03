import { lstatSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { buildOnce, cachePath, runTool } from '../support/build-once.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run } from '../support/run.ts';
import { renderTraffic, type Traffic } from './traffic.ts';

const program = readFileSync(new URL('./programs/express-traffic.cjs', import.meta.url), 'utf8');

/** How a program may come by the package. */
export const importForms = {
  require: [
    'main.cjs',
    `const [express, api] = ['express', '@opentelemetry/api'].map((id) => require(id));
    require('./traffic.cjs').run({ express, api });`,
  ],
  'default import': [
    'main.mjs',
    `import express from 'express'; import * as api from '@opentelemetry/api'; import { run } from './traffic.cjs';
    await run({ express, api });`,
  ],
  'named imports': [
    'main.mjs',
    `import make, { json, raw, Router, static as files, text, urlencoded } from 'express';
    import * as api from '@opentelemetry/api'; import { run } from './traffic.cjs';
    const isFour = 'query' in make;
    const express = Object.assign(() => make(), { json, raw, Router, static: files, text, urlencoded }, isFour && { query: true });
    await run({ express, api });`,
  ],
  'dynamic import': [
    'main.mjs',
    `const { default: express } = await import('express');
    (await import('./traffic.cjs')).run({ express, api: await import('@opentelemetry/api') });`,
  ],
} as const;

export interface ExpressTrafficOptions {
  readonly form?: keyof typeof importForms;
  /** A regular expression for the names of the cases; default: all. */
  readonly only?: string;
  /** Of Express, and of what it comes with; default: what is installed. */
  readonly packages?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExpressTraffic {
  readonly traffic: Traffic;
  /** What the requests of each case came to for their client. */
  readonly results: Readonly<Record<string, readonly string[]>>;
}

/**
 * Runs programs/express-traffic.cjs.
 *
 * @param instrumentation undefined runs it without the preload
 */
export async function runExpressTraffic(
  t: TestContext,
  instrumentation: 'native' | 'official' | undefined,
  { form = 'require', only = '', packages, env = {} }: ExpressTrafficOptions = {},
): Promise<ExpressTraffic> {
  const collector = await startCollector(t);
  const [file, source] = importForms[form];
  const cwd = app(t, { 'traffic.cjs': program, [file]: source });
  if (packages !== undefined) replaceExpress(cwd, await installExpress(packages));
  const flags = instrumentation === undefined ? [] : importFlag();
  const { stdout, stderr, code } = await run({
    args: [...flags, file, only],
    cwd,
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      TRACING_EXPRESS_INSTRUMENTATION: instrumentation,
      TRACING_FLUSH_TIMEOUT: '10000',
      TRACING_IGNORE_PATHS: '/ignored',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      NODE_NO_WARNINGS: '1',
      ...env,
    },
    timeoutMs: 120_000,
  });
  if (code !== 0) throw new Error(`${code}\n${stderr}`);
  const { results, port } = JSON.parse(stdout) as Pick<ExpressTraffic, 'results'> & { readonly port: number };
  const rename = (line: string): string =>
    line.replaceAll(String(port), '<port>').replace(/(peer\.port) \d+/, '$1 <any>');
  return { traffic: renderTraffic(collector.spans, rename), results };
}

async function installExpress(packages: readonly string[]): Promise<string> {
  const dir = await buildOnce(cachePath('otel-preload', 'express', packages.join('+')), async (unfinished) => {
    const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
    await runTool('npm', ['install', '--prefix', unfinished, ...flags, ...packages], { cwd: '/' });
  });
  return join(dir, 'node_modules', 'express');
}

/** Links another installation of Express into an app; what it needs is found beside it there. */
function replaceExpress(cwd: string, installed: string): void {
  const target = join(cwd, 'node_modules', 'express');
  if (lstatSync(target).isSymbolicLink()) unlinkSync(target);
  symlinkSync(installed, target);
}

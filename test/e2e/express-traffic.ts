import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { install, linkPackage } from '../support/install.ts';
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
  if (packages !== undefined) linkPackage(cwd, await install('express', packages), 'express');
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

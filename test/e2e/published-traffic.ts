import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { install, linkPackage } from '../support/install.ts';
import { importFlag, run } from '../support/run.ts';
import { renderTraffic, type Traffic } from './traffic.ts';

const program = (name: string): string => readFileSync(new URL(`./programs/${name}.cjs`, import.meta.url), 'utf8');

/**
 * Libraries that publish what they do, each with the last version that did not, the first that did, the newest that is tried,
 * and the class that patches it.
 */
export const publishing = {
  redis: { before: '5.11.0', first: '5.12.0', newest: '6.3.1', className: 'RedisInstrumentation' },
  mysql2: { before: '3.19.1', first: '3.20.0', newest: '3.24.6', className: 'MySQL2Instrumentation' },
} as const;

export interface PublishedTrafficOptions {
  readonly port: number;
  readonly version: string;
}

export interface PublishedTraffic {
  readonly traffic: Traffic;
  /** What each case came to for the app. */
  readonly results: Readonly<Record<string, unknown>>;
}

/**
 * Runs programs/<library>-traffic.cjs.
 *
 * @param instrumentation the official one is the app's own then; undefined runs it without the preload
 */
export async function runPublishedTraffic(
  t: TestContext,
  library: keyof typeof publishing,
  instrumentation: 'native' | 'official' | undefined,
  { port, version }: PublishedTrafficOptions,
): Promise<PublishedTraffic> {
  const collector = await startCollector(t);
  const cwd = app(t, {
    'published-cases.cjs': program('published-cases'),
    'main.cjs': program(`${library}-traffic`),
  });
  linkPackage(cwd, await install('published', [`${library}@${version}`]), library);
  const official = instrumentation === 'official';
  const flags = instrumentation === undefined ? [] : importFlag();
  const { stdout, stderr, code } = await run({
    args: [...flags, 'main.cjs'],
    cwd,
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: official ? library : undefined,
      OFFICIAL: official ? `@opentelemetry/instrumentation-${library}` : undefined,
      OFFICIAL_CLASS: publishing[library].className,
      PORT: String(port),
      TRACING_FLUSH_TIMEOUT: '10000',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      NODE_NO_WARNINGS: '1',
    },
    timeoutMs: 60_000,
  });
  if (code !== 0 || (stderr !== '' && !official)) throw new Error(`${code}\n${stdout}\n${stderr}`);
  const rename = (line: string): string => line.replaceAll(String(port), '<port>');
  const results = JSON.parse(stdout.replaceAll(String(port), '<port>')) as PublishedTraffic['results'];
  return { traffic: renderTraffic(collector.spans, rename), results };
}

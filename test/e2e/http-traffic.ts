import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { app } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { importFlag, run } from '../support/run.ts';
import { certificate } from './certificate.ts';
import { renderTraffic, type Traffic } from './traffic.ts';

const program = readFileSync(new URL('./programs/http-traffic.cjs', import.meta.url), 'utf8');

/** Those that both instrumentations are to capture. */
const CAPTURED = 'x-captured,content-length,cookie,set-cookie';

/**
 * Runs all of programs/http-traffic.cjs under one instrumentation.
 *
 * @param only runs the cases that have this in their name
 */
export async function runTraffic(t: TestContext, instrumentation: string, only?: string): Promise<Traffic> {
  const collector = await startCollector(t);
  const cwd = app(t, { 'traffic.cjs': program });
  const args = [...importFlag(), 'traffic.cjs', ...certificate(t), ...(only === undefined ? [] : [only])];
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.otlpUrl,
    TRACING_HTTP_INSTRUMENTATION: instrumentation,
    TRACING_FLUSH_TIMEOUT: '10000',
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_RESPONSE: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST: CAPTURED,
    OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE: CAPTURED,
    NODE_NO_WARNINGS: '1',
  };
  const { stdout, stderr, code } = await run({ args, cwd, env, timeoutMs: 120_000 });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0 || !stdout.startsWith('{')) throw new Error(`${code}\n${stdout}\n${stderr}`);
  const { cases, ports, unixPath } = JSON.parse(last) as {
    readonly cases: number;
    readonly ports: Readonly<Record<string, number>>;
    readonly unixPath: string;
  };
  const names = new Map([
    ...Object.entries(ports).map(([name, port]) => [String(port), `<${name}>`] as const),
    [unixPath, '<socket>'],
  ]);
  const traffic = renderTraffic(collector.spans, (line) => withNames(line, names));
  if (only === undefined && traffic.size !== cases) throw new Error(`${traffic.size} of ${cases} cases have spans`);
  return traffic;
}

function withNames(line: string, names: ReadonlyMap<string, string>): string {
  let named = line;
  for (const [text, name] of names) named = named.replaceAll(text, name);
  return named.replace(/(network\.peer\.port) [1-9]\d{3,4}$/, '$1 <any>');
}

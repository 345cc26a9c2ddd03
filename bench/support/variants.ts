import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importFlag } from '../../test/support/run.ts';
import { isInstalled, peerDir, type PeerName } from './peers.ts';

/** One way to run an app. */
export interface Variant {
  readonly name: string;
  /** Flags of Node.js. */
  readonly flags: readonly string[];
  readonly env: (sinkPort: number) => Readonly<Record<string, string>>;
  /** Whether it makes the spans that the bench expects of OpenTelemetry's instrumentations. */
  readonly usualSpans: boolean;
  /** Whether it is the preload of this checkout. */
  readonly ours: boolean;
  /** What it collects, if anything, leaves the process at least this often. */
  readonly sendsEveryMs: number;
}

const otlp = (port: number): Record<string, string> => ({
  OTEL_SERVICE_NAME: 'bench',
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
});
/**
 * The official ones patch Express twice, by its own instrumentation and by that of the `router` package under it: twelve
 * spans for six. Without the latter they make the same spans as ours.
 */
const official = (port: number): Record<string, string> => ({
  ...otlp(port),
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'router',
});
const jaeger = (port: number): string => `http://127.0.0.1:${port}/api/traces`;

/** At SIGTERM OpenTelemetry sends what it holds. */
const SENT_BY_SIGTERM = 0;

function peer(name: PeerName, variant: () => Pick<Variant, 'flags' | 'env'> & Partial<Variant>): Variant[] {
  if (!isInstalled(name)) return [];
  return [{ name, usualSpans: true, ours: false, sendsEveryMs: SENT_BY_SIGTERM, ...variant() }];
}

function resolve(name: PeerName, specifier: string): string {
  return createRequire(join(peerDir(name), 'package.json')).resolve(specifier);
}

const ours = { flags: importFlag(), usualSpans: true, ours: true, sendsEveryMs: SENT_BY_SIGTERM };

export const bareVariant: Variant = {
  name: 'bare',
  flags: [],
  env: () => ({}),
  usualSpans: false,
  ours: false,
  sendsEveryMs: 0,
};

/** All variants that are there, the bare app first. All of them record every trace. */
export function variants(): Variant[] {
  return [
    bareVariant,
    { ...ours, name: 'ours', env: otlp },
    {
      ...ours,
      name: 'ours-jaeger',
      env: (port) => ({ OTEL_SERVICE_NAME: 'bench', TRACING_URL: jaeger(port) }),
    },
    ...peer('official', () => ({
      flags: ['--require', resolve('official', '@opentelemetry/auto-instrumentations-node/register')],
      env: official,
    })),
    ...peer('official-jaeger', () => ({
      flags: ['--require', fileURLToPath(new URL('../peers/official-jaeger.cjs', import.meta.url))],
      env: (port) => ({ ...official(port), PEER_DIR: peerDir('official-jaeger'), JAEGER_ENDPOINT: jaeger(port) }),
    })),
    ...peer('edot', () => ({
      flags: ['--import', join(peerDir('edot'), 'node_modules/@elastic/opentelemetry-node/import.mjs')],
      env: official,
    })),
    ...peer('dd-trace', () => ({
      flags: ['--require', join(peerDir('dd-trace'), 'node_modules/dd-trace/init.js')],
      env: (port) => ({
        DD_SERVICE: 'bench',
        DD_TRACE_AGENT_URL: `http://127.0.0.1:${port}`,
        DD_TRACE_STARTUP_LOGS: 'false',
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      }),
      usualSpans: false,
      sendsEveryMs: 2000,
    })),
  ];
}

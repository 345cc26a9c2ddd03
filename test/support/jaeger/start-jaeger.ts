import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { runTool } from '../build-once.ts';
import type { Cleanup } from '../cleanup.ts';
import { freePorts } from '../ports.ts';
import { findJaeger } from './find-jaeger.ts';
import type { FoundJaeger } from './find-jaeger.ts';
import { decodeTraces } from './query.ts';
import type { QueriedTrace } from './query.ts';

const portNames = [
  'thrift',
  'otlp',
  'otlpGrpc',
  'agentBinary',
  'agentCompact',
  'query',
  'queryGrpc',
  'health',
  'metrics',
] as const;
type Ports = Readonly<Record<(typeof portNames)[number], number>>;

export interface JaegerCounts {
  readonly accepted: number;
  readonly stored: number;
  readonly failed: number;
}

/** A real Jaeger of this test's own: other ports and another memory than any other. */
export interface Jaeger {
  /** `…/api/traces` of the collector. */
  readonly thriftUrl: string;
  /** `…/v1/traces` of the collector. */
  readonly otlpUrl: string;
  readonly otlpGrpcUrl: string;
  readonly agentBinaryPort: number;
  readonly agentCompactPort: number;
  /** Base of the query API. */
  readonly queryUrl: string;
  readonly services: () => Promise<string[]>;
  /** All traces in which the service took part. */
  readonly traces: (service: string) => Promise<QueriedTrace[]>;
  /** What its own metrics say of spans: those that its receivers took, that went to its storage, and that either refused. */
  readonly counts: () => Promise<JaegerCounts>;
  /** Waits for a trace of the service that the predicate likes; default: any, within 10 s. */
  readonly waitForTrace: (
    service: string,
    predicate?: (trace: QueriedTrace) => boolean,
    timeoutMs?: number,
  ) => Promise<QueriedTrace>;
  readonly close: () => Promise<void>;
}

/**
 * Starts a real Jaeger with memory storage on free ports and waits until it takes spans.
 *
 * @param t closes it after the test; without it the caller does
 */
export async function startJaeger(t?: Cleanup): Promise<Jaeger> {
  const found = await findJaeger();
  if (found.kind === 'none') throw new Error(`no Jaeger: ${found.why}`);
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts();
    const server = launch(found, ports);
    try {
      await server.healthy();
      t?.after(server.close);
      return toJaeger(ports, server.close);
    } catch (error) {
      await server.close();
      // A free port may be taken before Jaeger gets to it; another choice is as good.
      if (attempt === 3) throw error;
    }
  }
}

async function choosePorts(): Promise<Ports> {
  const free = await freePorts(portNames.length);
  return Object.fromEntries(portNames.map((name, i) => [name, free[i]])) as Ports;
}

interface Launched {
  readonly healthy: () => Promise<void>;
  readonly close: () => Promise<void>;
}

function launch(found: Exclude<FoundJaeger, { kind: 'none' }>, ports: Ports): Launched {
  const dir = mkdtempSync(join(tmpdir(), 'otel-preload-jaeger-'));
  const container = `otel-preload-jaeger-${process.pid}-${ports.query}`;
  const child = startChild(found, ports, dir, container);
  let log = '';
  child.stdout?.on('data', (text: Buffer) => (log += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (log += text.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      log += String(error);
      resolve();
    });
    child.once('close', () => resolve());
  });
  // A test runner that ends in an untidy way leaves no Jaeger behind.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);

  return {
    async healthy() {
      const fails = ended.then(() => Promise.reject(new Error(`Jaeger ended at its start:\n${log.slice(-4000)}`)));
      const timeout = new AbortController();
      try {
        await Promise.race([untilHealthy(ports, timeout.signal), fails]);
      } catch (error) {
        throw new Error(`${String(error)}\n${log.slice(-4000)}`, { cause: error });
      } finally {
        fails.catch(() => {});
        timeout.abort();
      }
    },
    async close() {
      process.off('exit', kill);
      if (found.kind === 'image') await runTool('docker', ['rm', '--force', container]).catch(() => {});
      kill();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function startChild(
  found: Exclude<FoundJaeger, { kind: 'none' }>,
  ports: Ports,
  dir: string,
  container: string,
): ChildProcess {
  const options: SpawnOptions = { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] };
  if (found.kind === 'image') {
    return spawn('docker', ['run', '--rm', '--name', container, ...published(ports), found.image], options);
  }
  if (found.major === 1) {
    return spawn(found.path, flagsOfMajor1(ports), {
      ...options,
      env: { ...process.env, SPAN_STORAGE_TYPE: 'memory' },
    });
  }
  const config = join(dir, 'jaeger.yaml');
  writeFileSync(config, stringify(configuration(ports)));
  return spawn(found.path, ['--config', `file:${config}`], options);
}

/** The image runs the all-in-one configuration it has inside: well-known ports there, ours outside. */
function published(ports: Ports): string[] {
  const inside: [outside: number, inside: string][] = [
    [ports.thrift, '14268'],
    [ports.otlp, '4318'],
    [ports.otlpGrpc, '4317'],
    [ports.agentBinary, '6832/udp'],
    [ports.agentCompact, '6831/udp'],
    [ports.query, '16686'],
    [ports.health, '13133'],
    [ports.metrics, '8888'],
  ];
  const publish = inside.flatMap(([outside, port]) => ['--publish', `127.0.0.1:${outside}:${port}`]);
  return ['--env', 'JAEGER_LISTEN_HOST=0.0.0.0', ...publish];
}

function flagsOfMajor1(ports: Ports): string[] {
  const at = (port: number): string => `127.0.0.1:${port}`;
  return [
    `--collector.http-server.host-port=${at(ports.thrift)}`,
    `--collector.otlp.http.host-port=${at(ports.otlp)}`,
    `--collector.otlp.grpc.host-port=${at(ports.otlpGrpc)}`,
    `--query.http-server.host-port=${at(ports.query)}`,
    `--query.grpc-server.host-port=${at(ports.queryGrpc)}`,
    `--admin.http.host-port=${at(ports.health)}`,
    `--processor.jaeger-binary.server-host-port=${at(ports.agentBinary)}`,
    `--processor.jaeger-compact.server-host-port=${at(ports.agentCompact)}`,
    // These two are not used: any free port will do.
    '--collector.grpc-server.host-port=127.0.0.1:0',
    '--http-server.host-port=127.0.0.1:0',
  ];
}

/** As Jaeger's own all-in-one, without the batch processor (spans show at once) and what no test asks for. */
function configuration(ports: Ports): unknown {
  const on = (port: number): { endpoint: string } => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      pipelines: {
        traces: { receivers: ['otlp', 'jaeger'], processors: [], exporters: ['jaeger_storage_exporter'] },
      },
      telemetry: {
        metrics: {
          level: 'basic',
          readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.metrics } } } }],
        },
        logs: { level: 'warn' },
      },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
      jaeger_query: { storage: { traces: 'memory' }, http: on(ports.query), grpc: on(ports.queryGrpc) },
      healthcheckv2: { use_v2: true, http: on(ports.health) },
    },
    receivers: {
      otlp: { protocols: { http: on(ports.otlp), grpc: on(ports.otlpGrpc) } },
      jaeger: {
        protocols: {
          thrift_http: on(ports.thrift),
          thrift_binary: on(ports.agentBinary),
          thrift_compact: on(ports.agentCompact),
        },
      },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}

async function untilHealthy(ports: Ports, signal: AbortSignal): Promise<void> {
  // Jaeger 2 has its health at /status, Jaeger 1 at /.
  const urls = [`http://127.0.0.1:${ports.health}/status`, `http://127.0.0.1:${ports.query}/api/services`];
  const deadlineMs = performance.now() + 60_000;
  while (!signal.aborted) {
    const answers = await Promise.all(urls.map((url) => fetch(url).then(isHealthy, () => false)));
    if (answers.every(Boolean)) return;
    if (performance.now() > deadlineMs) throw new Error('Jaeger was not ready within 60 s');
    await delay(50);
  }
}

async function isHealthy(response: Response): Promise<boolean> {
  await response.arrayBuffer();
  return response.ok;
}

function toJaeger(ports: Ports, close: () => Promise<void>): Jaeger {
  const queryUrl = `http://127.0.0.1:${ports.query}`;
  async function query(path: string): Promise<unknown> {
    const response = await fetch(`${queryUrl}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  async function traces(service: string): Promise<QueriedTrace[]> {
    // All of time: a recorded span is as old as its recording. 9e15 µs is as late as a number is exact.
    const parameters = new URLSearchParams({ service, start: '1', end: '9000000000000000', limit: '10000' });
    return decodeTraces(await query(`/api/traces?${parameters.toString()}`));
  }
  async function services(): Promise<string[]> {
    const { data } = (await query('/api/services')) as { data: string[] | null };
    return data ?? [];
  }
  /** The names are those of Jaeger 2, without the endings that its versions put to them. */
  async function counts(): Promise<JaegerCounts> {
    const text = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    const sumOf = (name: string): number => {
      const lines = text.matchAll(
        new RegExp(`^${name}(?:_total)?(?:__[a-z]+_)?(?:_total)?(?:\\{.*\\})? (\\S+)$`, 'gm'),
      );
      return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
    };
    return {
      accepted: sumOf('otelcol_receiver_accepted_spans'),
      stored: sumOf('otelcol_exporter_sent_spans'),
      failed: sumOf('otelcol_receiver_refused_spans') + sumOf('otelcol_exporter_send_failed_spans'),
    };
  }
  return {
    thriftUrl: `http://127.0.0.1:${ports.thrift}/api/traces`,
    otlpUrl: `http://127.0.0.1:${ports.otlp}/v1/traces`,
    otlpGrpcUrl: `http://127.0.0.1:${ports.otlpGrpc}`,
    agentBinaryPort: ports.agentBinary,
    agentCompactPort: ports.agentCompact,
    queryUrl,
    services,
    traces,
    counts,
    async waitForTrace(service, predicate = () => true, timeoutMs = 10_000) {
      const deadlineMs = performance.now() + timeoutMs;
      for (;;) {
        const all = await traces(service);
        const wanted = all.find(predicate);
        if (wanted) return wanted;
        if (performance.now() > deadlineMs) {
          const lines = all.map(({ spans }) => spans.map((span) => `${span.service}: ${span.kind} ${span.name}`));
          const known = (await services()).join(', ');
          throw new Error(
            `Jaeger has ${all.length} traces of ${service}, none as wanted after ${timeoutMs} ms; services: ${known}\n` +
              lines.map((spans) => `- ${spans.join('\n  ')}`).join('\n'),
          );
        }
        await delay(50);
      }
    },
    close,
  };
}

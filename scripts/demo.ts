/**
 * `npm run demo`: an HTTP gateway in front of a gRPC service, traced by nothing but the flag and a YAML of each.
 *
 * The traces go where the YAML says, to port 14268 of this machine. Where a Jaeger listens there, they are shown in it;
 * else the demo itself takes them and draws them in the terminal.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { drawTrace, type DrawnSpan } from '../src/export/draw-trace.ts';
import { startCollector, type Collector } from '../test/support/collector.ts';
import type { ReceivedSpan } from '../test/support/received-span.ts';

const THRIFT_PORT = 14268;
const JAEGER = 'http://127.0.0.1:16686';
const REQUESTS = ['/users/1', '/users/2', '/users/3'];
const WAIT_MS = 15_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const children: ChildProcess[] = [];

/** Starts one service with the flag, its YAML, and a free port; resolves with the port once it listens. */
function startService(name: string, env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, ['--import', './register', `examples/demo/${name}.mjs`], {
    cwd: root,
    env: { ...process.env, TRACING_CONFIG: `examples/demo/${name}.yaml`, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${signal ?? code}`)));
    child.stdout?.on('data', (data) => {
      const port = / on (\d+)/.exec(String(data))?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** SIGTERM, as an operator would: the services send their last spans by themselves. */
async function stopServices(): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill('SIGTERM')) await ended;
    }),
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

function toDrawn(span: ReceivedSpan): DrawnSpan {
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    service: span.service,
    kind: span.kind === 'internal' ? '' : span.kind,
    name: span.name,
    attributes: span.attributes,
    startMs: Number(span.startTimeNs) / 1e6,
    durationMs: Number(span.endTimeNs - span.startTimeNs) / 1e6,
    error: span.error ? span.status.message || 'error' : undefined,
  };
}

function drawAll({ spans }: Collector): void {
  const colour = process.stdout.isTTY && process.stdout.hasColors();
  const traces = new Map<string, DrawnSpan[]>();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), toDrawn(span)]);
  for (const [traceId, drawn] of traces) process.stdout.write(`\n${drawTrace(traceId, drawn, colour)}`);
}

interface JaegerAnswer {
  readonly data: readonly { readonly traceID: string; readonly spans: readonly unknown[] }[] | null;
}

/** Polls Jaeger until it knows traces of the gateway that began after `sinceUs`, and prints their links. */
async function showLinks(sinceUs: number): Promise<void> {
  const url = `${JAEGER}/api/traces?service=gateway&limit=20&start=${sinceUs}&end=${(Date.now() + WAIT_MS) * 1000}`;
  const deadlineMs = Date.now() + WAIT_MS;
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    const answer = response?.ok ? ((await response.json()) as JaegerAnswer) : undefined;
    if ((answer?.data?.length ?? 0) >= REQUESTS.length || Date.now() > deadlineMs) {
      for (const { traceID, spans } of answer?.data ?? [])
        console.log(`  ${JAEGER}/trace/${traceID}  (${spans.length} spans)`);
      if (!answer?.data?.length) console.log(`  none found by ${url}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

let stopping = false;
process.once('SIGINT', () => {
  stopping = true;
  for (const child of children) child.kill('SIGKILL');
  process.exit(130);
});

try {
  const collector = (await isFree(THRIFT_PORT)) ? await startCollector(undefined, { port: THRIFT_PORT }) : undefined;
  const startedUs = Date.now() * 1000;
  const userSrv = await startService('user-srv', {});
  const gateway = await startService('gateway', { USER_SRV: `127.0.0.1:${userSrv}` });

  console.log('Two services run, each started as: node --import ./register <service>.mjs\n');
  for (const path of REQUESTS) {
    const response = await fetch(`http://127.0.0.1:${gateway}${path}`);
    console.log(`GET ${path}  ${response.status}  ${(await response.text()).trim()}`);
  }
  await stopServices();

  if (collector === undefined) {
    console.log(`\nSomething listens on port ${THRIFT_PORT}: the traces are in that Jaeger:`);
    await showLinks(startedUs);
  } else {
    console.log(`\nNo Jaeger listens on port ${THRIFT_PORT}, so the demo took the spans itself:`);
    drawAll(collector);
    await collector.close();
  }
} catch (error) {
  if (!stopping) {
    await stopServices();
    throw error;
  }
}

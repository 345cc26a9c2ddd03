import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { drawTrace } from '../export/draw-trace.ts';
import { startViewer, ViewerError } from '../viewer/viewer.ts';
import { openInBrowser } from './browser.ts';
import { DemoError, DemoServices, missingPackages } from './demo-services.ts';
import { awaitTraces, toDrawn } from './demo-traces.ts';
import { findInstallation, type Installation } from './installation.ts';
import { SignalWatch } from './signal-watch.ts';
import { wantsColour } from './wants-colour.ts';

export interface DemoOptions {
  /** Of the page; where it is named the traces are shown there, whether a Jaeger listens or not. */
  readonly port?: number | undefined;
  /** How long requests go on after the first ones: none, until Ctrl-C, or the time in which somebody may look. */
  readonly length: 'once' | 'live' | 'brief';
  /** Opens the page. */
  readonly open: boolean;
}

/** Where the traces go to, and who shows them. */
interface Sink {
  readonly isJaeger: boolean;
  readonly thriftUrl: string;
  /** Of the page, and of the query API. */
  readonly url: string;
  close(): Promise<void>;
}

const JAEGER_URL = 'http://127.0.0.1:16686';
const THRIFT_PORT = 14268;
const LOOK_MS = 1000;
const BRIEF_MS = 20_000;
const REQUEST_EVERY_MS = 400;
/** One that goes well, a slow one, one that fails, and one for nobody. */
const FIRST = ['/users/1', '/users/2', '/users/3', '/users/4'];
const LATER = ['/users/1', '/users/1', '/users/2', '/users/1', '/users/3', '/users/1', '/users/1', '/users/4'];

/**
 * `otel-preload demo`: three traced services, requests to them, and their traces: in the viewer's page, or in the Jaeger
 * that listens on this machine; where it ends by itself, as trees in the terminal besides.
 *
 * @returns the exit code: 0, also after Ctrl-C; 1 where something is missing or a service failed
 */
export async function demo(options: DemoOptions): Promise<number> {
  const installation = findInstallation(import.meta.dirname);
  const missing = missingPackages(installation);
  if (missing.length > 0) return fail(whatIsMissing(missing));
  const signals = new SignalWatch();
  let sink: Sink | undefined;
  let services: DemoServices | undefined;
  try {
    sink = (await findJaeger(options)) ?? (await startSink(options, installation));
    services = new DemoServices(installation, sink.thriftUrl);
    return await Promise.race([play(options, sink, services), services.failed, signals.next()]);
  } catch (error) {
    if (error instanceof DemoError || error instanceof ViewerError) return fail(error.message);
    throw error;
  } finally {
    await services?.stop();
    await sink?.close();
  }
}

async function play({ length, open }: DemoOptions, sink: Sink, services: DemoServices): Promise<number> {
  const sinceUs = Date.now() * 1000;
  if (sink.isJaeger) say(`A Jaeger listens on port ${THRIFT_PORT}, and shows the traces: ${sink.url}`);
  else if (length !== 'once') say(`Traces  ${sink.url}`);
  const gateway = await services.start();
  say('\nThree services run, each started as: node --import otel-preload/register <service>.mjs\n');
  for (const path of FIRST) say(await get(gateway + path));
  if (open) openInBrowser(sink.url);
  if (length === 'once') await services.stop();
  if (length !== 'live') await show(sink, sinceUs);
  if (length === 'once') return 0;
  say(`\nRequests go on ${length === 'live' ? 'until Ctrl-C' : `for ${BRIEF_MS / 1000} s`}; see ${sink.url}`);
  const endMs = length === 'live' ? Infinity : performance.now() + BRIEF_MS;
  for (let n = 0; performance.now() < endMs; n++) {
    await Promise.all([get(gateway + LATER[n % LATER.length]), pause(REQUEST_EVERY_MS)]);
  }
  return 0;
}

/** @returns a line about what came of it */
async function get(url: string): Promise<string> {
  const startMs = performance.now();
  const response = await fetch(url).catch((error: unknown) => {
    throw new DemoError(`the gateway does not answer: ${String(error)}`);
  });
  const text = (await response.text()).trim();
  const ms = Math.round(performance.now() - startMs);
  return `GET ${new URL(url).pathname}  ${response.status}  ${String(ms).padStart(4)} ms  ${text}`;
}

/** The first traces: their addresses in Jaeger, or trees. */
async function show(sink: Sink, sinceUs: number): Promise<void> {
  const traces = await awaitTraces(sink.url, { service: 'gateway', sinceUs, count: FIRST.length });
  if (traces.length === 0) throw new DemoError(`no trace came to ${sink.thriftUrl}`);
  for (const trace of traces) {
    if (sink.isJaeger) say(`  ${sink.url}/trace/${trace.traceID}  (${trace.spans.length} spans)`);
    else say(`\n${drawTrace(trace.traceID, toDrawn(trace), wantsColour(process.stdout, process.env))}`.trimEnd());
  }
}

/** A Jaeger, or an `otel-preload view`, that takes Thrift and can be asked. */
async function findJaeger({ port }: DemoOptions): Promise<Sink | undefined> {
  if (port !== undefined || !(await isListening(THRIFT_PORT))) return undefined;
  const signal = AbortSignal.timeout(LOOK_MS);
  const answer = await fetch(`${JAEGER_URL}/api/services`, { signal }).catch(() => undefined);
  if (!answer?.ok) return undefined;
  await answer.arrayBuffer();
  return {
    isJaeger: true,
    thriftUrl: `http://127.0.0.1:${THRIFT_PORT}/api/traces`,
    url: JAEGER_URL,
    close: async () => {},
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: LOOK_MS }, () => resolve(true));
    socket.once('error', () => resolve(false)).once('timeout', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function startSink({ port }: DemoOptions, { version, pageDirectory }: Installation): Promise<Sink> {
  const viewer = await startViewer({
    ports: port === undefined ? {} : { page: port },
    // who sends here is started by us, and told
    otherPorts: port === undefined ? ['page', 'otlp', 'thrift'] : ['otlp', 'thrift'],
    version,
    pageDirectory,
  });
  const { url, thriftUrl } = viewer;
  return { isJaeger: false, url, thriftUrl, close: () => viewer.close() };
}

function whatIsMissing(names: readonly string[]): string {
  const install = 'npm install --no-save express @grpc/grpc-js @grpc/proto-loader';
  return `the demo's services need ${names.join(', ')}, which this package does not bring; ${install}, and then it runs`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(text: string): number {
  process.stderr.write(`otel-preload: ${text}\n`);
  return 1;
}

import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { importFlag } from '../../test/support/run.ts';
import { launch } from './launch.ts';
import type { Run } from './closed-loop.ts';

export interface FullLoadOptions {
  /** Where spans go, and what else the preload is told. */
  readonly env: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** The Node.js that runs the server. */
  readonly node?: string;
  /** How long the server waits for the collector after the load; a server that ends with all sent does not wait. */
  readonly quietSeconds?: number;
}

/** What a server said of the spans of its requests, of which each has one. */
export interface FullLoad {
  readonly served: number;
  readonly requestsPerSecond: number;
  /** The ledger's reading before the end, in the words of the line at SIGUSR2. */
  readonly reading: string;
  readonly ended: number;
  readonly delivered: number;
  /** Spans that the line at the end counts as lost. */
  readonly lost: number;
  /** Everything that the preload said. */
  readonly said: string;
}

const CONNECTIONS = 32;
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Runs an HTTP hello server under the preload at full load, and ends it by SIGTERM. */
export async function fullLoad({ env, seconds, node, quietSeconds = 10 }: FullLoadOptions): Promise<FullLoad> {
  const app = launch({
    program: file('../apps/http.cjs'),
    flags: importFlag(),
    env: { TRACING_STATS: '1', ...env },
    ...(node === undefined ? {} : { node }),
  });
  const { port } = await app.next<{ port: number }>();
  const load = launch({ program: file('http-load.ts'), args: [String(port), '/', String(CONNECTIONS)] });
  await load.next();
  const { requests: served, ms } = await load.ask<Run>({ ask: 'run', ms: seconds * 1000 });
  // Its connections stay open: a server that ends is not to be taken for one that breaks.
  const reading = await readLedger(app, quietSeconds);
  load.kill('SIGKILL');
  await load.ended;
  app.kill('SIGTERM');
  const { signal } = await app.ended;
  if (signal !== 'SIGTERM') throw new Error(`the server ended by ${signal}\n${app.output}`);
  return {
    served,
    requestsPerSecond: Math.round(served / (ms / 1000)),
    reading,
    ended: numberOf(/: (\d+) ended/, reading),
    delivered: numberOf(/, (\d+) delivered/, reading),
    lost: lostIn(app.output),
    said: app.output,
  };
}

/** Asks by SIGUSR2 until nothing is waiting any more, or for `quietSeconds`. */
async function readLedger(
  app: { readonly output: string; kill(signal: NodeJS.Signals): void },
  quietSeconds: number,
): Promise<string> {
  const deadlineMs = performance.now() + quietSeconds * 1000;
  for (let asked = 1; ; asked++) {
    app.kill('SIGUSR2');
    let readings: string[] = [];
    while (readings.length < asked) {
      await delay(20);
      readings = app.output.split('\n').filter((line) => / spans for .* ended/.test(line));
    }
    const last = readings.at(-1) ?? '';
    if (!last.includes(' waiting') || performance.now() > deadlineMs) return last;
    await delay(200);
  }
}

function lostIn(output: string): number {
  const [, counts = ''] = /these are lost: ([^;\n]*)/.exec(output) ?? [];
  return [...counts.matchAll(/(?:^|, )(\d+) /g)].reduce((sum, [, spans]) => sum + Number(spans), 0);
}

function numberOf(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

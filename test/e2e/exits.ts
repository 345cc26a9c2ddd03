/** What exits.test.ts tries: ends × collectors. */
import type { Cleanup } from '../support/cleanup.ts';
import { startCollector } from '../support/collector.ts';
import type { Collector } from '../support/collector.ts';
import { refusedPort } from '../support/ports.ts';
import type { Ended } from '../support/run.ts';
import { exporters, noDeadline, shown, split, type Program } from './ends.ts';

/** Long enough for a loaded machine to be told from a hang: an export timeout is 10 s. */
const MARGIN_MS = 7000;
const DEADLINE_MS = 1000;

export interface End {
  readonly name: string;
  readonly source: string;
  readonly flags?: readonly string[];
  /** What bare ends with. */
  readonly end: number | NodeJS.Signals;
  /**
   * `all`: every span arrives or is counted. `cut`: likewise, but what is counted may arrive as well. `sealed`: nobody can
   * do anything at this end; what had been sent before it arrives.
   */
  readonly spans?: 'all' | 'cut' | 'sealed';
  /** Its stderr is never twice the same. */
  readonly isNoisy?: true;
}

const whenSent = (then: string): string =>
  `end(40); const { stats } = require('otel-preload');
   setInterval(() => { if ((stats()?.delivered ?? 40) === 40) { end(20, 'late'); ${then} } }, 5);`;
const server = (then: string): string => `end(40); require('http').createServer().listen(0, () => { ${then} });`;
const kill = (signal: string): string => `process.kill(process.pid, '${signal}');`;

export const ends: readonly End[] = [
  { name: 'empty loop, exitCode 4', source: `end(40); process.exitCode = 4; console.log('done');`, end: 4 },
  { name: 'process.exit(3)', source: `end(40); console.log('done'); process.exit(3);`, end: 3 },
  { name: 'process.exit(3), a span open', source: `tracer.startSpan('open'); end(39); process.exit(3);`, end: 3 },
  {
    name: "exit(9) in an 'exit' listener",
    source: `process.on('exit', () => { end(1); process.exit(9); }); end(39);`,
    end: 9,
  },
  { name: 'uncaught throw', source: `end(40); setTimeout(() => { throw new TypeError('broken'); }, 20);`, end: 1 },
  { name: 'unhandled rejection', source: `end(40); Promise.reject(new Error('rejected')); stay();`, end: 1 },
  ...(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const).map((signal) => {
    return { name: signal, source: server(kill(signal)), end: signal };
  }),
  {
    name: 'SIGTERM, own handler drains',
    source: `process.on('SIGTERM', () => { const span = tracer.startSpan('late'); setTimeout(() => { span.end(); process.exit(7); }, 100); });
      end(39); stay(); ${kill('SIGTERM')}`,
    end: 7,
  },
  {
    name: 'SIGTERM, and again 50 ms later',
    source: server(`${kill('SIGTERM')} setTimeout(() => { ${kill('SIGTERM')} }, 50);`),
    end: 'SIGTERM',
    spans: 'cut',
  },
  { name: 'process.abort()', source: whenSent('process.abort();'), end: 'SIGABRT', spans: 'sealed', isNoisy: true },
  { name: 'SIGKILL', source: whenSent(kill('SIGKILL')), end: 'SIGKILL', spans: 'sealed' },
  {
    name: 'out of memory',
    source: whenSent(`const all = []; for (;;) all.push(Array(10_000).fill({}));`),
    flags: ['--max-old-space-size=24'],
    end: 'SIGABRT',
    spans: 'sealed',
    isNoisy: true,
  },
];

export const collectors = ['mock', 'slow', 'hole', 'refuse'] as const;
export type CollectorKind = (typeof collectors)[number];

export interface Column {
  readonly exporter: string;
  readonly collector: CollectorKind;
}

/** HTTP is one transport, whatever it carries; an agent neither answers nor refuses. */
export const columns: readonly Column[] = Object.keys(exporters).flatMap((exporter) => {
  const isTransport = exporter === 'Jaeger HTTP' || exporter === 'OTLP gRPC';
  return collectors.filter((kind) => isTransport || kind === 'mock').map((collector) => ({ exporter, collector }));
});

export interface Cell {
  /** What it shows, for the table. */
  readonly text: string;
  /** What is wrong with it, if anything is. */
  readonly wrong: string[];
}

/** Runs one program by one way to one collector. */
export async function tryOne(
  end: End,
  { exporter, collector: kind }: Column,
  program: Program,
  bare: Ended,
): Promise<Cell> {
  const closing: (() => Promise<void> | void)[] = [];
  const cleanup: Cleanup = { after: (close) => void closing.push(close) };
  const mode = kind === 'refuse' ? 'mock' : kind;
  const collector = await startCollector(cleanup, { mode, agent: true, grpc: true });
  try {
    const target = kind === 'refuse' ? await nobody() : collector;
    // A loaded machine may take its time: where the flush deadline is not what is tested, nobody meets it.
    const isInTrouble = kind === 'hole' || kind === 'refuse';
    const env = {
      // On a loaded machine they may be late, which they say.
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      ...exporters[exporter]?.(target),
      ...(isInTrouble ? { TRACING_FLUSH_TIMEOUT: String(DEADLINE_MS) } : noDeadline),
      ...(end.spans === 'sealed' ? { OTEL_BSP_SCHEDULE_DELAY: '50' } : {}),
    };
    const ended = await program.traced(env);
    if (exporter === 'Jaeger agent') await collector.waitForSpans(40).catch(() => {});
    return judge(end, kind, { ended, bare, collector });
  } finally {
    for (const close of closing) await close();
  }
}

interface Tried {
  readonly ended: Ended;
  readonly bare: Ended;
  readonly collector: Collector;
}

function judge({ end, spans = 'all', isNoisy }: End, kind: CollectorKind, { ended, bare, collector }: Tried): Cell {
  const { own, said } = split(ended);
  const arrived = collector.spans.filter(({ name }) => spans !== 'sealed' || name === 'span').length;
  const counted = countLost(said);
  const addedMs = Math.round(ended.ms - bare.ms);
  const wrong: string[] = [];
  const expect = (isRight: boolean, what: string): void => {
    if (!isRight) wrong.push(`${what}: ${arrived} arrived, ${counted} counted, +${addedMs} ms, ${ended.stderr}`);
  };

  const { stderr: bareStderr, ...bareEnd } = shown(bare);
  const { stderr: _, ...tracedEnd } = shown(ended);
  expect(JSON.stringify(tracedEnd) === JSON.stringify(bareEnd), `ends as ${JSON.stringify(tracedEnd)}`);
  expect((bare.signal ?? bare.code) === end, `bare ends as ${JSON.stringify(bareEnd)}`);
  expect(isNoisy === true || own === bareStderr, 'another stderr');
  if (spans === 'cut') expect(arrived + counted >= 40 && arrived <= 40 && counted <= 40, 'spans are missing');
  else expect(arrived + counted === 40, 'spans are missing');
  if (spans !== 'cut' && kind !== 'hole' && kind !== 'refuse') expect(said.length === 0, 'something is said');
  if (kind === 'refuse' && spans !== 'cut')
    expect(said.join('').endsWith('; ECONNREFUSED\n'), 'the reason is not said');
  const deadlineMs = kind === 'hole' || kind === 'refuse' ? DEADLINE_MS : Number(noDeadline.TRACING_FLUSH_TIMEOUT);
  expect(addedMs < deadlineMs + MARGIN_MS, 'it ends late');
  return { text: `${arrived}${counted > 0 ? `/${counted}` : ''} ${addedMs < 0 ? '' : '+'}${addedMs}`, wrong };
}

/** Of the one line that counts. */
function countLost(said: readonly string[]): number {
  const lines = said.filter((line) => line.includes('these are lost: '));
  if (lines.length !== said.length || lines.length > 1) return Number.NaN;
  const [, counts = ''] = /these are lost: ([^;]*)/.exec(lines.join('')) ?? [];
  return [...counts.matchAll(/(?:^|, )(\d+) /g)].reduce((sum, [, spans]) => sum + Number(spans), 0);
}

/** The same addresses where nobody listens. */
async function nobody(): Promise<Collector> {
  const [url, grpcUrl] = [`http://127.0.0.1:${await refusedPort()}`, `http://127.0.0.1:${await refusedPort()}`];
  return { jaegerUrl: `${url}/api/traces`, otlpUrl: `${url}/v1/traces`, grpcUrl } as Collector;
}

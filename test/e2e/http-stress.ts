import { fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ReceivedSpan } from '../support/received-span.ts';
import { importFlag, testNode } from '../support/run.ts';

export interface StressOptions {
  /** Requests that the client of a connection gives up, and as many that the program gives up itself. */
  readonly aborted: number;
  /** Connections that are open at the same time, each for two requests. */
  readonly connections: number;
  /** Bodies of 1 MB, there and back. */
  readonly bodies: number;
  /** Environment of a traced run; without it the program runs untraced. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onStep?: (text: string) => void;
}

/** What the program tells of itself at one moment, garbage taken out. */
export interface StressState {
  /** Requests that its server has seen. */
  readonly seen: number;
  readonly open: number;
  readonly heapUsed: number;
  /** Objects of ours, by class. */
  readonly alive: Readonly<Record<string, number>>;
}

export interface StressResult {
  readonly before: StressState;
  /** With all connections open and idle. */
  readonly idle: StressState;
  readonly after: StressState;
  /** Requests that the program has made as a client. */
  readonly made: number;
}

const program = fileURLToPath(new URL('./programs/http-stress.cjs', import.meta.url));
const OURS = ['ServerExchange', 'ClientExchange', 'RecordingSpan', 'NonRecordingSpan', 'SlottedContext'];
const MEGABYTE = 1024 * 1024;
/** Enough that what is compiled and cached at first is there before it is looked at. */
const WARM = 200;
const AT_ONCE = 50;

/** Stresses the HTTP server and client of one process. */
export async function stressHttp(options: StressOptions): Promise<StressResult> {
  const { aborted, connections, bodies, env, onStep = () => {} } = options;
  const { PATH, HOME, TMPDIR } = process.env;
  const flags = env === undefined ? [] : importFlag();
  const child = fork(program, [], {
    execPath: testNode,
    execArgv: [...flags, '--expose-gc', '--no-warnings'],
    env: { PATH, HOME, TMPDIR, ...env },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      child.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
    });
  const ask = <T>(message: object): Promise<T> => {
    const answer = next<T>();
    child.send(message);
    return answer;
  };
  const state = (): Promise<StressState> => ask({ ask: 'state', names: env === undefined ? [] : OURS });
  let made = 0;
  const abortOwn = async (count: number): Promise<void> => {
    await ask({ ask: 'abort', count });
    made += Math.ceil(count / 20) * 20;
  };

  const port = await next<number>();
  await abortAll(port, WARM);
  await abortOwn(WARM);
  await echoAll(port, 10);
  await closeAll(await openAll(port, WARM));
  const before = await settled(state);
  onStep('warm');
  await abortAll(port, aborted);
  onStep(`${aborted} requests given up by clients`);
  await abortOwn(aborted);
  onStep(`${aborted} requests given up by the program`);
  await echoAll(port, bodies);
  onStep(`${bodies} bodies of 1 MB there and back`);
  const sockets = await openAll(port, connections);
  const idle = await state();
  onStep(`${sockets.length} connections`);
  await Promise.all(sockets.map(getHello));
  await closeAll(sockets);
  const after = await settled(state);
  child.send({ ask: 'end' });
  await ended;
  return { before, idle, after, made };
}

/** Waits until the server has noticed that all are gone. */
async function settled(state: () => Promise<StressState>): Promise<StressState> {
  for (let tries = 0; ; tries++) {
    const now = await state();
    if (now.open === 0) return now;
    if (tries === 50) throw new Error(`${now.open} connections are still open`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.off('error', reject).on('error', () => {})));
    socket.once('error', reject);
  });
}

async function abortAll(port: number, count: number): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - n) }, async () => {
        const socket = await open(port);
        socket.write('GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
        await new Promise((resolve) => setTimeout(resolve, 3));
        socket.destroy();
      }),
    );
  }
}

async function echoAll(port: number, count: number): Promise<void> {
  const body = Buffer.alloc(MEGABYTE, 'x');
  for (let n = 0; n < count; n++) {
    const socket = await open(port);
    let bytes = 0;
    const over = new Promise((resolve) => socket.on('data', (data) => (bytes += data.length)).on('close', resolve));
    socket.write(`POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${MEGABYTE}\r\n\r\n`);
    socket.write(body);
    await over;
    if (bytes < MEGABYTE) throw new Error(`${bytes} bytes came back`);
  }
}

async function openAll(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = await Promise.all(Array.from({ length: Math.min(500, count - sockets.length) }, () => open(port)));
    await Promise.all(some.map(getHello));
    sockets.push(...some);
  }
  return sockets;
}

/** Sends a request over an open connection and waits for its answer. */
function getHello(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const take = (data: Buffer): void => {
      text += data.toString('latin1');
      if (!text.endsWith('hello')) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
    socket.write('GET /hello HTTP/1.1\r\nHost: a\r\n\r\n');
  });
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).end())));
}

/** Spans that came more than once, and how many there are of each kind. */
export function countSpans(spans: readonly ReceivedSpan[]): { server: number; client: number; twice: number } {
  const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  const count = (wanted: string): number => spans.filter(({ kind }) => kind === wanted).length;
  return { server: count('server'), client: count('client'), twice: spans.length - ids.size };
}

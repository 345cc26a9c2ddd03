import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { authorityOf } from '../../export/authority.ts';
import { reason } from '../../export/reason.ts';
import { CONNECT_TIMEOUT_MS } from '../../export/transport.ts';
import { fail, ok, type Finding } from './finding.ts';
import type { Target } from './find-routes.ts';

/** What a connection is made to first: the collector itself, or the proxy before it. */
export type Hop =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly isProxy: boolean }
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface ConnectionOptions {
  readonly isContainer: boolean;
  /** Makes a datagram that an agent reads as a span; one of another kind may end it. */
  readonly createDatagram: () => Uint8Array;
}

const RESOLVES = 'collector.resolves';
const REACHABLE = 'collector.reachable';
/** A refusal of a datagram comes back at once, or never. */
const REFUSAL_MS = 300;

export function firstHop(target: Target): Hop {
  if (target.kind === 'udp') return { kind: 'udp', host: target.host, port: target.port };
  if (target.socketPath !== undefined) return { kind: 'unix', path: target.socketPath };
  const place = placeOf(new URL(target.proxy?.url ?? target.url));
  return { kind: 'tcp', ...place, isProxy: target.proxy !== undefined };
}

/** What a connection to a URL is made to. */
export function placeOf(url: URL): { readonly host: string; readonly port: number } {
  return { host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(authorityOf(url).split(':').at(-1)) };
}

/** Looks the name up, then connects; a failure is the last finding. */
export async function checkConnection(hop: Hop, options: ConnectionOptions): Promise<Finding[]> {
  if (hop.kind === 'unix') return [await checkUnix(hop.path)];
  const findings: Finding[] = [];
  if (isIP(hop.host) === 0) {
    const resolved = await checkName(hop.host, hop.kind === 'tcp' && hop.isProxy);
    findings.push(resolved);
    if (resolved.status === 'fail') return findings;
  }
  findings.push(
    hop.kind === 'udp' ? await checkUdp(hop, options.createDatagram()) : await checkTcp(hop, options.isContainer),
  );
  return findings;
}

async function checkName(host: string, isProxy: boolean): Promise<Finding> {
  const what = isProxy ? 'the proxy ' : '';
  try {
    const found = await lookup(host, { all: true });
    return ok(RESOLVES, `${what}${host} is ${found.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fix =
      code === 'EAI_AGAIN'
        ? 'no name server answers; look at /etc/resolv.conf and the network'
        : 'is the name right? Names of Docker Compose and Kubernetes are known only inside their network or namespace';
    return fail(RESOLVES, `${what}${code} ${host}`, fix);
  }
}

async function checkTcp({ host, port, isProxy }: Hop & { kind: 'tcp' }, isContainer: boolean): Promise<Finding> {
  const name = `${isProxy ? 'the proxy ' : ''}${host.includes(':') ? `[${host}]` : host}:${port}`;
  const startedMs = performance.now();
  const why = await connection({ host, port });
  if (why === undefined)
    return ok(REACHABLE, `${name} took a connection in ${Math.ceil(performance.now() - startedMs)} ms`);
  return fail(REACHABLE, `${why} ${name}`, isProxy ? proxyFix(why) : tcpFix(why, isLoopback(host), isContainer));
}

async function checkUnix(path: string): Promise<Finding> {
  const why = await connection({ path });
  if (why === undefined) return ok(REACHABLE, `unix:${path} took a connection`);
  const fixes: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket; is the collector running, and is its directory mounted here?',
    ECONNREFUSED: 'the file is there and nobody listens on it: the collector has ended, or it is no socket',
    EACCES: 'this user may not write to the socket',
  };
  return fail(REACHABLE, `${why} unix:${path}`, fixes[why]);
}

/** @returns why there is none */
function connection(to: { host: string; port: number } | { path: string }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(to as { host: string; port: number });
    const settle = (why?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why);
    };
    const timer = setTimeout(() => settle(`no connection within ${CONNECT_TIMEOUT_MS} ms to`), CONNECT_TIMEOUT_MS);
    socket.once('connect', () => settle());
    socket.on('error', (error) => settle(reason(error)));
  });
}

function tcpFix(why: string, isLocal: boolean, isContainer: boolean): string {
  if (isLocal && isContainer)
    return 'inside a container localhost is the container itself; name the host or the service that the collector is';
  if (why === 'ECONNREFUSED') {
    return isLocal
      ? 'nobody listens there; start a collector (otel-preload view is one), or set TRACING_URL to where one is'
      : 'the host is there and nobody listens on that port; Jaeger takes Thrift on 14268, OTLP on 4318 (HTTP) and 4317 (gRPC)';
  }
  return 'is the address right? Else a firewall or a network policy lets nothing through';
}

function proxyFix(why: string): string {
  const what = why === 'ECONNREFUSED' ? 'nobody listens there' : 'it cannot be reached';
  return `${what}; mend HTTP_PROXY or HTTPS_PROXY, or name the collector in NO_PROXY`;
}

/** UDP does not answer; but where nobody listens, an ICMP message says so, which a connected socket hears. */
async function checkUdp({ host, port }: Hop & { kind: 'udp' }, datagram: Uint8Array): Promise<Finding> {
  const [address] = await lookup(host, { all: true });
  const socket = createSocket(address?.family === 6 ? 'udp6' : 'udp4');
  let why: string | undefined;
  socket.on('error', (error) => (why ??= reason(error)));
  await new Promise<void>((resolve) => socket.connect(port, host, () => resolve()));
  socket.send(datagram);
  await pause(REFUSAL_MS);
  socket.close();
  if (why === undefined) return ok(REACHABLE, `udp://${host}:${port} does not refuse; UDP tells no more`);
  const fix = 'no agent listens there; send to a collector instead, TRACING_URL=http://<host>:14268/api/traces';
  return fail(REACHABLE, `${why} udp://${host}:${port}`, fix);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, cachePath, runTool } from './build-once.ts';
import type { Cleanup } from './cleanup.ts';
import { run, start } from './run.ts';
import type { Ended } from './run.ts';
import { skipOrFail } from './skip-or-fail.ts';
import type { Skippable } from './skip-or-fail.ts';

const sources = fileURLToPath(new URL('./go', import.meta.url));

/** The service's definition, for a Node.js side of the conversation: package `user`, `UserSrvServer.GetUserInfo`. */
export const userProto = join(sources, 'user.proto');

export type FoundGoService =
  | { readonly kind: 'binary'; readonly path: string }
  | { readonly kind: 'none'; readonly why: string };

let found: Promise<FoundGoService> | undefined;

/** Builds the Go service into the cache, once for each state of its sources. */
export function findGoService(): Promise<FoundGoService> {
  found ??= find();
  return found;
}

async function find(): Promise<FoundGoService> {
  const hash = createHash('sha256');
  for (const name of globSync(['*.go', 'go.*'], { cwd: sources }).sort()) {
    hash.update(name).update(readFileSync(join(sources, name)));
  }
  const target = cachePath('otel-preload', 'go-service', hash.digest('hex').slice(0, 16));
  try {
    await buildOnce(target, async (unfinished) => {
      await runTool('go', ['build', '-o', unfinished, '.'], { cwd: sources });
    });
    return { kind: 'binary', path: target };
  } catch (error) {
    return { kind: 'none', why: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The path of the Go service's binary; without one the test is skipped with the reason, but in CI it fails.
 *
 * @returns undefined after a skip: return at once
 */
export async function goServiceOrSkip(t: Skippable): Promise<string | undefined> {
  const service = await findGoService();
  if (service.kind === 'binary') return service.path;
  skipOrFail(t, `no Go service: ${service.why}`);
  return undefined;
}

export interface GoServiceOptions {
  /** Jaeger's collector, with `/api/traces`. */
  readonly jaegerUrl: string;
  /** Default `user-srv`. */
  readonly service?: string;
  /** Default `oracle`. */
  readonly namespace?: string;
  /** The tag `address`; default: where it listens. */
  readonly address?: string;
}

export interface GoService {
  /** host:port of its gRPC. */
  readonly address: string;
  /** Lets it end as by SIGTERM: all its spans are sent before. */
  readonly stop: () => Promise<Ended>;
}

function flags(options: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`-${name}`, value]));
}

async function binaryPath(): Promise<string> {
  const service = await findGoService();
  if (service.kind === 'none') throw new Error(`no Go service: ${service.why}`);
  return service.path;
}

/**
 * Starts a traced Go gRPC service that answers `GetUserInfo("x")` with `<service>:x`.
 *
 * @param options.next host:port of another `UserSrvServer`: it asks there and answers `<service> > <answer>`
 */
export async function startGoService(
  t: Cleanup,
  { jaegerUrl, next, ...rest }: GoServiceOptions & { readonly next?: string },
): Promise<GoService> {
  const running = start(t, { node: await binaryPath(), args: flags({ jaeger: jaegerUrl, next, ...rest }) });
  const [, address = ''] = await running.ready(/listening on (\S+)\n/);
  return {
    address,
    stop() {
      running.signal('SIGTERM');
      return running.ended;
    },
  };
}

/** Lets a traced Go client call `GetUserInfo(name)` at host:port; it ends with its spans sent, the answer on stdout. */
export async function callFromGo(
  target: string,
  { jaegerUrl, name, ...rest }: GoServiceOptions & { readonly name?: string },
): Promise<Ended> {
  return run({ node: await binaryPath(), args: flags({ jaeger: jaegerUrl, call: target, name, ...rest }) });
}

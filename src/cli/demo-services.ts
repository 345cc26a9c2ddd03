import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Installation } from './installation.ts';

/** What the services require besides us; a checkout has them, the package does not bring them. */
const PACKAGES = ['express', '@grpc/grpc-js', '@grpc/proto-loader'];
/** Longer, and a service does not end by itself. */
const GRACE_MS = 800;

/** The demo cannot go on; the message is for the user. */
export class DemoError extends Error {}

/** @returns the packages that the demo's services would not find */
export function missingPackages({ demoDirectory }: Installation): string[] {
  const { resolve } = createRequire(join(demoDirectory, 'gateway.mjs'));
  return PACKAGES.filter((name) => {
    try {
      return resolve(name) === '';
    } catch {
      return true;
    }
  });
}

/** The three services, each a process with the flag, its YAML and a free port. */
export class DemoServices {
  readonly #children: ChildProcess[] = [];
  readonly #installation: Installation;
  readonly #thriftUrl: string;
  #isStopping = false;
  #fail: (error: DemoError) => void = () => {};
  /** Rejects when a service ends that should not. */
  readonly failed: Promise<never> = new Promise((_, reject) => (this.#fail = reject));

  /** @param thriftUrl where their traces go */
  constructor(installation: Installation, thriftUrl: string) {
    this.#installation = installation;
    this.#thriftUrl = thriftUrl;
    this.failed.catch(() => {});
  }

  /** @returns the gateway's address */
  async start(): Promise<string> {
    const profiles = await this.#startOne('profile-srv', {});
    const users = await this.#startOne('user-srv', { PROFILE_SRV: profiles });
    return `http://${await this.#startOne('gateway', { USER_SRV: users })}`;
  }

  /** @returns host and port, once it listens */
  #startOne(name: string, peers: Readonly<Record<string, string>>): Promise<string> {
    const { demoDirectory, register } = this.#installation;
    const child = spawn(process.execPath, ['--import', pathToFileURL(register).href, `${name}.mjs`], {
      cwd: demoDirectory,
      env: {
        ...withoutTracing(process.env),
        TRACING_CONFIG: `${name}.yaml`,
        TRACING_URL: this.#thriftUrl,
        OTEL_BSP_SCHEDULE_DELAY: '300',
        HOST: '127.0.0.1',
        PORT: '0',
        ...peers,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      // a terminal's Ctrl-C is for us alone: a second signal would cut their last spans short
      detached: true,
    });
    this.#children.push(child);
    child.once('error', ({ message }) => this.#fail(new DemoError(`cannot start ${name}: ${message}`)));
    child.once('exit', (code, signal) => {
      if (!this.#isStopping) this.#fail(new DemoError(`${name} ended with ${signal ?? code}`));
    });
    return new Promise((resolve) => {
      child.stdout.on('data', (data) => {
        const [, port] = / on (\d+)/.exec(String(data)) ?? [];
        if (port !== undefined) resolve(`127.0.0.1:${port}`);
      });
    });
  }

  /** As an operator would, by SIGTERM: they send their last spans by themselves. Resolves when all are gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const ended = this.#children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await gone;
      clearTimeout(timer);
    });
    await Promise.all(ended);
  }
}

/** What the user has set for other services is not for these: they know their YAML alone. */
function withoutTracing(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:OTEL|TRACING)_/.test(name)));
}

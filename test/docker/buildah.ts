import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachePath, runTool } from '../support/build-once.ts';
import type { Cleanup } from '../support/cleanup.ts';
import { checkout, start } from '../support/run.ts';
import type { Running } from '../support/run.ts';
import { baseKey, makeBaseArchive } from './base-image.ts';
import { npmSecrets } from './npm-secrets.ts';
import { signalPid1, whyNoPid1 } from './pid-namespace.ts';

/** @returns why no image can be built and run on this machine, if so */
export function whyNoImages(): string | undefined {
  if (process.getuid?.() !== 0) return 'building an image without a daemon needs root';
  const missing = ['buildah', 'debootstrap', 'unshare', 'chroot', 'script'].filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
  );
  return missing.length > 0 ? `${missing.join(', ')} not installed` : whyNoPid1();
}

/** What an image says of how it is run. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir: string;
}

/** Builds images without a daemon, in a storage of its own in the user's cache: a second run finds the layers of the first. */
export class Buildah {
  readonly #global: readonly string[];
  readonly #driver: 'overlay' | 'vfs';

  private constructor(driver: 'overlay' | 'vfs') {
    this.#driver = driver;
    const storage = cachePath('otel-preload', `buildah-${driver}`);
    this.#global = ['--root', storage, '--runroot', join(storage, 'run'), '--storage-driver', driver];
  }

  static async open(): Promise<Buildah> {
    const overlay = new Buildah('overlay');
    try {
      const probe = await overlay.container({ after: () => {} }, 'scratch');
      await probe.remove();
      return overlay;
    } catch {
      // An overlay on top of an overlay, as inside of a container, is refused.
      return new Buildah('vfs');
    }
  }

  buildah(...args: string[]): Promise<string> {
    return runTool('buildah', [...this.#global, ...args]).then((said) => said.trim());
  }

  /** @returns the name of an image with Debian, Node.js and npm, that stands in for the Dockerfile's NODE_IMAGE */
  async base(): Promise<string> {
    const name = `localhost/otel-preload-base:${baseKey()}`;
    const there = await this.buildah('images', '--quiet', name).catch(() => '');
    if (there !== '') return name;
    const archive = await makeBaseArchive();
    const container = await this.buildah('from', 'scratch');
    await this.buildah('add', '--quiet', container, archive, '/');
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await this.buildah('config', '--env', `PATH=${path}`, container);
    await this.buildah('commit', '--quiet', '--rm', container, name);
    return name;
  }

  /**
   * Builds a Dockerfile, by default the checkout's.
   *
   * @returns the image's id
   */
  async build(args: readonly string[], dockerfile = join(checkout, 'docker/Dockerfile')): Promise<string> {
    const scratch = mkdtempSync(join(tmpdir(), 'image-build-'));
    const ignore = `${dockerfile}.dockerignore`;
    try {
      const id = join(scratch, 'id');
      await this.buildah(
        'bud',
        // Under vfs every layer is a whole copy of the files below it.
        ...(this.#driver === 'overlay' ? ['--layers'] : []),
        '--isolation=chroot',
        '--pull-never',
        '--quiet',
        `--iidfile=${id}`,
        `--build-arg=NODE_IMAGE=${await this.base()}`,
        ...npmSecrets(scratch),
        ...args,
        ...(existsSync(ignore) ? [`--ignorefile=${ignore}`] : []),
        `--file=${dockerfile}`,
        checkout,
      );
      return readFileSync(id, 'utf8').trim();
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** Layers of builds gone by are kept for the next one, up to 40. */
  async prune(): Promise<void> {
    const untagged = await this.buildah('images', '--quiet', '--filter', 'dangling=true');
    if (untagged.split('\n').length > 40) await this.buildah('rmi', '--prune', '--force');
  }

  /** A container of an image, mounted; it is removed at the end of the test. */
  async container(t: Cleanup, image: string): Promise<Container> {
    const name = await this.buildah('from', '--pull-never', image);
    const root = await this.buildah('mount', name);
    const inspected = JSON.parse(await this.buildah('inspect', name)) as { OCIv1: { config?: ImageConfig } };
    const container = new Container(this, name, root, inspected.OCIv1.config);
    t.after(() => container.remove());
    return container;
  }
}

/** A container's files and settings, and ways to run something in it. */
export class Container {
  readonly #buildah: Buildah;
  readonly #name: string;
  readonly #config: ImageConfig | undefined;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly root: string;

  constructor(buildah: Buildah, name: string, root: string, config: ImageConfig | undefined) {
    this.#buildah = buildah;
    this.#name = name;
    this.root = root;
    this.#config = config;
  }

  get config(): ImageConfig {
    if (this.#config === undefined) throw new Error('the image says nothing of how it is run');
    return this.#config;
  }

  /** Runs a command as the image's user, without the entrypoint. */
  exec(...command: string[]): Promise<string> {
    return this.#buildah.buildah('run', '--isolation', 'chroot', this.#name, '--', ...command);
  }

  /**
   * Runs the image as a container engine does: its entrypoint with a command (default: its own) as PID 1, its user, its
   * environment, its working directory. The network is the machine's.
   */
  run(command: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Running {
    const [file, ...args] = this.#commandLine(command, env);
    return this.#start(file, args);
  }

  /** The same at a terminal. */
  runAtTerminal(command: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const line = this.#commandLine(command, env).map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
    return this.#start('script', ['-qec', `exec ${line.join(' ')}`, '/dev/null']);
  }

  /** Ends what runs in it, and removes it. */
  async remove(): Promise<void> {
    for (const end of this.#ends) await end();
    await this.#buildah.buildah('rm', this.#name);
  }

  #start(file: string, args: readonly string[]): Running {
    const hook = {
      after: (end: () => Promise<void> | void) => {
        this.#ends.push(async () => {
          // unshare cannot take it along: a process that changes its user is no longer told of its parent's death.
          try {
            signalPid1(running, 'SIGKILL');
          } catch {
            // Gone already.
          }
          await end();
        });
      },
    };
    const running = start(hook, { node: file, args });
    return running;
  }

  #commandLine(command: readonly string[], env: Readonly<Record<string, string>>): [string, ...string[]] {
    const { User, Env, Entrypoint, Cmd = [], WorkingDir } = this.config;
    const mounts = 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && shift && exec "$@"';
    return [
      'unshare',
      '--pid',
      '--fork',
      '--mount',
      // Each of these makes way for the next, so that the entrypoint is PID 1.
      'sh',
      '-c',
      mounts,
      'sh',
      this.root,
      'chroot',
      `--userspec=${User}`,
      this.root,
      'env',
      '-i',
      `--chdir=${WorkingDir}`,
      'HOME=/home/node',
      ...Env,
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...Entrypoint,
      ...(command.length > 0 ? command : Cmd),
    ];
  }
}

import { readFileSync } from 'node:fs';
import type { ResourceDetector } from '@opentelemetry/resources';
import { loadBuiltin } from '../core/builtin.ts';

/*
 * What `@opentelemetry/resources` finds out about host, system and process, attribute for attribute, but when it is
 * asked and not when it is imported, at once, and without `node:crypto`, `node:fs/promises` and a promise: 8 ms less
 * of a start.
 */

/** @see https://opentelemetry.io/docs/specs/semconv/resource/host/ */
export function createHostDetector(read: (path: string) => string = readText): ResourceDetector {
  return {
    detect() {
      const os = loadBuiltin('node:os');
      const id = ['/etc/machine-id', '/var/lib/dbus/machine-id'].map(read).find((text) => text !== '');
      return {
        attributes: {
          'host.name': os.hostname(),
          'host.arch': architectures[process.arch] ?? process.arch,
          ...(id !== undefined && { 'host.id': id }),
        },
      };
    },
  };
}

const architectures: Readonly<Record<string, string>> = { arm: 'arm32', ppc: 'ppc32', x64: 'amd64' };

const types: Readonly<Record<string, string>> = { sunos: 'solaris', win32: 'windows' };

/** @see https://opentelemetry.io/docs/specs/semconv/resource/os/ */
export const osDetector: ResourceDetector = {
  detect: () => ({
    attributes: {
      'os.type': types[process.platform] ?? process.platform,
      'os.version': loadBuiltin('node:os').release(),
    },
  }),
};

/**
 * The process as it was started: an app may set its title and its arguments later.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/resource/process/
 */
export function createProcessDetector(): ResourceDetector {
  const { pid, title, execPath, argv, execArgv, versions } = process;
  const [program = '', ...args] = argv;
  const attributes = {
    'process.pid': pid,
    'process.executable.name': title,
    'process.executable.path': execPath,
    'process.command_args': [program, ...execArgv, ...args],
    'process.runtime.version': versions.node,
    'process.runtime.name': 'nodejs',
    'process.runtime.description': 'Node.js',
    ...(args[0] !== undefined && { 'process.command': args[0] }),
  };
  return { detect: () => ({ attributes: { ...attributes, ...owner() } }) };
}

/** A user without a name, as containers have them, is an error to Node.js. */
function owner(): { 'process.owner'?: string } {
  try {
    return { 'process.owner': loadBuiltin('node:os').userInfo().username };
  } catch {
    return {};
  }
}

/** One id for the life of the process. */
export function createInstanceDetector(): ResourceDetector {
  const id = randomUuid();
  return { detect: () => ({ attributes: { 'service.instance.id': id } }) };
}

/** A version 4 UUID; it must be different, not secret. */
function randomUuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx'.replaceAll(/[xV]/g, (place) => {
    const digit = Math.floor(Math.random() * 16);
    return (place === 'x' ? digit : 8 | (digit & 3)).toString(16);
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, cachePath, runTool } from '../support/build-once.ts';

const SUITE = 'bookworm';

/** Where npm's package lies on this machine. */
function npmHome(): string {
  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return join(realpathSync(npm), '../..');
}

/** @returns the mirror that this machine's apt has Debian from, if it has it from one */
function debianMirror(): string | undefined {
  const parts = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...readdirSync(parts).map((name) => join(parts, name))];
  for (const file of files) {
    // One-line style and deb822 alike: the archive is the address that ends in /debian.
    const [mirror] = /^(?!#).*\bhttps?:\/\/\S+\/debian\/?(?=\s|$)/m.exec(readIfThere(file)) ?? [];
    if (mirror !== undefined) return mirror.slice(mirror.indexOf('http'));
  }
  return undefined;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The proxy that apt is told of in its own settings, as debootstrap wants to hear of it. */
function aptProxy(): NodeJS.ProcessEnv {
  const said = execFileSync('apt-config', ['shell', 'PROXY', 'Acquire::http::Proxy'], { encoding: 'utf8' });
  const [, proxy] = /^PROXY='(.*)'$/m.exec(said) ?? [];
  return proxy === undefined ? process.env : { ...process.env, http_proxy: proxy };
}

/** What the archive depends on; a change of it makes another one. */
export function baseKey(): string {
  const npm = readFileSync(join(npmHome(), 'package.json'), 'utf8');
  const ours = readFileSync(fileURLToPath(import.meta.url));
  return createHash('sha256')
    .update(ours)
    .update(process.version)
    .update(process.arch)
    .update(npm)
    .digest('hex')
    .slice(0, 12);
}

/**
 * Makes what the official slim image is made of: Debian's minimal system, a Node.js, an npm, and the user `node`.
 *
 * No registry of images is asked: the system is debootstrap's, Node.js is the test runner's own, npm this machine's.
 * Takes about half a minute the first time; then the archive lies in the user's cache.
 *
 * @returns the path of a tar archive
 */
export function makeBaseArchive(): Promise<string> {
  return buildOnce(cachePath('otel-preload', `base-${baseKey()}.tar`), async (archive) => {
    const root = mkdtempSync(join(tmpdir(), 'base-image-'));
    try {
      const mirror = debianMirror();
      const where = mirror === undefined ? [SUITE, root] : [SUITE, root, mirror];
      await runTool('debootstrap', ['--variant=minbase', ...where], { env: aptProxy() });
      for (const unneeded of [
        'var/cache/apt',
        'var/lib/apt/lists',
        'usr/share/doc',
        'usr/share/man',
        'usr/share/locale',
      ]) {
        rmSync(join(root, unneeded), { recursive: true, force: true });
      }
      const local = join(root, 'usr/local');
      cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
      mkdirSync(join(local, 'lib/node_modules'), { recursive: true });
      cpSync(npmHome(), join(local, 'lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true });
      symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
      appendFileSync(join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
      appendFileSync(join(root, 'etc/group'), 'node:x:1000:\n');
      await runTool('install', ['-d', '-o', '1000', '-g', '1000', join(root, 'home/node')]);
      await runTool('tar', ['-C', root, '-cf', archive, '.']);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CA_IN_BUILD = '/run/secrets/ca';

/** npm's settings as they are in force, secrets left out. */
function npmSettings(): Readonly<Record<string, string | boolean | null | undefined>> {
  const all = execFileSync('npm', ['config', 'ls', '--json'], {
    encoding: 'utf8',
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(all) as Record<string, string | boolean | null>;
}

/**
 * Hands this machine's npm settings to an image's build, as the Dockerfile takes them: one file like ~/.npmrc, one
 * with the certificates that npm trusts.
 *
 * @param folder where the file is written, readable by us alone
 * @returns arguments for `bud`
 */
export function npmSecrets(folder: string): string[] {
  const inForce = npmSettings();
  const files = [inForce['globalconfig'], inForce['userconfig']].map(String).filter((file) => existsSync(file));
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  // `npm test` hands its whole configuration down in variables; these matter for reaching a registry.
  for (const key of ['registry', 'proxy', 'https-proxy', 'strict-ssl']) {
    if (inForce[key] !== null && inForce[key] !== undefined) lines.push(`${key}=${String(inForce[key])}`);
  }
  const settings = lines
    .filter((line) => !/^\s*cafile\s*=/.test(line))
    // npm would look for the variable inside of the build.
    .map((line) => line.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole));
  const ca = inForce['cafile'] ?? process.env['NODE_EXTRA_CA_CERTS'] ?? '';
  if (ca !== '') settings.push(`cafile=${CA_IN_BUILD}`);
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, `${settings.join('\n')}\n`, { mode: 0o600 });
  return ['--secret', `id=npmrc,src=${npmrc}`, ...(ca === '' ? [] : ['--secret', `id=ca,src=${String(ca)}`])];
}

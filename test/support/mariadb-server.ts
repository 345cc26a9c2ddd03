import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tempDir } from './app.ts';
import { runTool } from './build-once.ts';
import { freePort } from './ports.ts';
import { isThere } from './redis-server.ts';
import { start } from './run.ts';
import { skipOrFail } from './skip-or-fail.ts';

/** Debian has the server itself where only root looks. */
const PATH = `${process.env['PATH']}:/usr/sbin`;
/** It refuses to run as root unless it is told to. */
const USER = process.getuid?.() === 0 ? ['--user=root'] : [];

/**
 * Starts a MariaDB of the test's own with an empty database `test`, for the user `root` without a password.
 *
 * @returns its port; undefined where there is none, and the test is skipped
 */
export async function startMariadb(t: TestContext): Promise<number | undefined> {
  if (!isThere('my_print_defaults')) {
    skipOrFail(t, 'mariadb-server-core and mariadb-client-core are not installed');
    return undefined;
  }
  const dir = tempDir(t);
  const data = `--datadir=${join(dir, 'data')}`;
  const passwordless = '--auth-root-authentication-method=normal';
  await runTool('mariadb-install-db', ['--no-defaults', ...USER, data, passwordless], { env: { PATH } });
  const port = await freePort();
  const settings = [...USER, data, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(dir, 'socket')}`];
  const command = 'exec mariadbd --no-defaults "$@" 2>&1';
  const server = start(t, { node: 'sh', args: ['-c', command, 'sh', ...settings], env: { PATH } });
  await server.ready(/ready for connections/);
  return port;
}

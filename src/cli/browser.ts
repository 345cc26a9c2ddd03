import { spawn } from 'node:child_process';

/** Whether somebody sits before a screen here: at a terminal, of this machine, with a desktop. */
export function hasBrowser(isTerminal: boolean, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (!isTerminal || env['CI'] || env['SSH_CONNECTION']) return false;
  return platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** Opens an address in the user's browser; without one there is still the address that was printed. */
export function openInBrowser(address: string): void {
  const program = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}

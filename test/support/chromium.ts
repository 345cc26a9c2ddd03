import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { skipOrFail, type Skippable } from './skip-or-fail.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Without a sandbox, because CI is root; and without whatever a browser does by itself on a network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `CHROMIUM_BIN`, or the first that PATH has. */
function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_BIN'];
  const dirs = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = named ? [named] : NAMES.flatMap((name) => dirs.map((dir) => join(dir, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

let launched: Promise<Browser> | undefined;

/**
 * A real Chromium, one for all tests of a file; without one the test is skipped with the reason, but in CI it fails.
 *
 * @returns undefined after a skip: return at once
 */
export async function chromiumOrSkip(t: Skippable): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    skipOrFail(t, 'no Chromium: set CHROMIUM_BIN, or install it (apt-get install chromium)');
    return undefined;
  }
  launched ??= chromium.launch({ executablePath, args: FLAGS });
  return launched;
}

/** For after a file's last test. */
export async function closeChromium(): Promise<void> {
  await (await launched)?.close();
}

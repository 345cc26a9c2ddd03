/** What the tests of the spool share. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpoolOptions } from '../../src/spool/spool.ts';
import type { SpooledPayload } from '../../src/spool/spool-file.ts';
import type { Cleanup } from '../support/cleanup.ts';

export function spoolDirectory(t: Cleanup): string {
  const parent = mkdtempSync(join(tmpdir(), 'spool-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'made', 'when needed');
}

export function aSpool(directory: string, more: Partial<SpoolOptions> = {}): Spool {
  return new Spool({ directory, format: 'jaeger', maxBytes: 1e6, maxAgeMs: 1e9, claimMs: 60_000, ...more });
}

export function aPayload(spans: number, bytes = 100): SpooledPayload {
  return { body: Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + spans) % 256), contentType: 'a/b', spans };
}

/** The names that are there, by their state. */
export function namesIn(directory: string, state = ''): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(state));
}

export const unexpected = (): never => {
  throw new Error('no file is damaged here');
};

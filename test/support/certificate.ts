import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Skippable } from './skip-or-fail.ts';
import { skipOrFail } from './skip-or-fail.ts';
import { tempDir } from './app.ts';
import type { Cleanup } from './cleanup.ts';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM; signed by itself, so it is its own CA. */
  readonly cert: string;
  readonly files: { readonly key: string; readonly cert: string };
}

/**
 * Makes a key and a certificate for 127.0.0.1, localhost and collector.test.
 *
 * @returns undefined after a skip: return at once
 */
export function makeCertificate(t: Cleanup & Skippable): Certificate | undefined {
  const dir = tempDir(t);
  const files = { key: join(dir, 'key.pem'), cert: join(dir, 'cert.pem') };
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:collector.test'];
  try {
    execFileSync('openssl', ['req', ...kind, '-keyout', files.key, '-out', files.cert, ...subject], {
      stdio: 'ignore',
    });
  } catch (error) {
    skipOrFail(t, `openssl makes no certificate here (${String(error)})`);
    return undefined;
  }
  return { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8'), files };
}

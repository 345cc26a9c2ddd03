import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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

export interface CertificateOptions {
  /** As `subjectAltName` has them; default 127.0.0.1, localhost and collector.test. */
  readonly names?: string;
  /** How long it is valid from now on; default 2, negative for one that has expired. */
  readonly days?: number;
}

const DEFAULT_NAMES = 'IP:127.0.0.1,DNS:localhost,DNS:collector.test';

/**
 * Makes a key and a certificate.
 *
 * @returns undefined after a skip: return at once
 */
export function makeCertificate(
  t: Cleanup & Skippable,
  { names = DEFAULT_NAMES, days = 2 }: CertificateOptions = {},
): Certificate | undefined {
  const dir = tempDir(t);
  const files = { key: join(dir, 'key.pem'), cert: join(dir, 'cert.pem') };
  const [request, extensions] = [join(dir, 'request.pem'), join(dir, 'extensions')];
  writeFileSync(extensions, `subjectAltName=${names}\nbasicConstraints=CA:TRUE\n`);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
  const signed = ['-in', request, '-signkey', files.key, '-days', String(days), '-extfile', extensions];
  try {
    execFileSync('openssl', ['req', '-new', ...kind, '-keyout', files.key, '-out', request], { stdio: 'ignore' });
    execFileSync('openssl', ['x509', '-req', ...signed, '-out', files.cert], { stdio: 'ignore' });
  } catch (error) {
    skipOrFail(t, `openssl makes no certificate here (${String(error)})`);
    return undefined;
  }
  return { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8'), files };
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { tempDir } from '../support/app.ts';
import type { Cleanup } from '../support/cleanup.ts';

/** Makes a certificate for localhost that nobody has signed. @returns the files of its key and of itself */
export function certificate(t: Cleanup): readonly [key: string, cert: string] {
  const dir = tempDir(t);
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...kind, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return [key, cert];
}

import { loadBuiltin } from '../core/builtin.ts';
import type { TlsConfig, TlsTexts } from './transport.ts';

/** Reads PEM files; one that cannot be read is left out. */
export function readTlsFiles(files: NonNullable<TlsConfig['files']>): TlsTexts {
  const { readFileSync } = loadBuiltin('node:fs');
  const texts: { -readonly [Name in keyof TlsTexts]: TlsTexts[Name] } = {};
  for (const [name, file] of Object.entries(files) as [keyof TlsTexts, string][]) {
    try {
      texts[name] = readFileSync(file, 'utf8');
    } catch {
      // said at the start; while certificates are renewed the text before it serves
    }
  }
  return texts;
}

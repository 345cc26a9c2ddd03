import { MASK, maskUrl, showValue } from './mask.ts';
import type { Option } from './option.ts';
import { describeSource, nameInSource, type Source } from './source.ts';
import type { RawValue } from './value-type.ts';

/** One line about the configuration. Under `TRACING_STRICT` both kinds end the process. */
export interface Problem {
  /** `error`: something that was set is not used. `hint`: it is used, or it is not ours, but looks like a mistake. */
  readonly severity: 'error' | 'hint';
  readonly text: string;
}

/** What a source holds for an option, before it is parsed; a nested list or map has no `raw`. */
export interface Candidate {
  readonly raw: RawValue | undefined;
  readonly source: Exclude<Source, { kind: 'default' }>;
}

const MAX_SHOWN_CHARS = 80;

/** The value as the source has it, quoted, on one line, not too long and without its secrets. */
export function quote(text: string): string {
  const masked = maskUrl(text);
  return JSON.stringify(masked.length > MAX_SHOWN_CHARS ? `${masked.slice(0, MAX_SHOWN_CHARS)}…` : masked);
}

function got(row: Option, raw: RawValue | undefined): string {
  if (raw === undefined) return 'something nested';
  if (row.secret) return JSON.stringify(MASK);
  if (typeof raw === 'string') return quote(raw);
  return Array.isArray(raw) ? quote(raw.join(',')) : 'a map';
}

/**
 * `OTEL_BSP_SCHEDULE_DELAY (.env:12) must be whole milliseconds ≥ 0, got "5s"; using 5000`
 *
 * @param rejected the part of the value that cannot be used, where another part can
 */
export function badValue(
  row: Option,
  candidate: Candidate,
  rejected: string | undefined,
  used: { readonly value: unknown; readonly source: Source },
): Problem {
  const shown = showValue(row, used.value);
  const elsewhere = rejected === undefined && used.source.kind !== 'default' ? ` (${describeSource(used.source)})` : '';
  return {
    severity: 'error',
    text:
      `${nameInSource(candidate.source)} must be ${row.type.allowed}, got ${got(row, rejected ?? candidate.raw)}; ` +
      (shown === undefined || shown === '' ? 'ignored' : `using ${shown}${elsewhere}`),
  };
}

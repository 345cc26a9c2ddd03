/**
 * What became of a file: it is being written, waits, is being sent by some process, or was set aside because it is damaged
 * or its spans were refused.
 */
export type SpoolState = 'tmp' | 'spool' | 'claimed' | 'damaged' | 'refused';

/** What a spool file's name tells. */
export interface SpoolName {
  readonly writtenAtMs: number;
  /** Of the process (or thread) that wrote it: eight hexadecimal digits. */
  readonly writer: string;
  readonly sequence: number;
  readonly spans: number;
  /** How the payload is encoded, and for whom: only an exporter of the same format can send it. */
  readonly format: string;
  readonly state: SpoolState;
}

const TIME_CHARS = 9;
/** In a millisecond, a process writes fewer than it has names for. */
const SEQUENCE_CHARS = 3;
const NAME = /^([\da-z]{9})-([\da-f]{8})-([\da-z]+)\.(\d{1,9})\.([\da-z-]+)\.(tmp|spool|claimed|damaged|refused)$/;

/**
 * A file's name, in which everything is that has to be known without opening it; in the order of names the files are in
 * the order of their age.
 *
 *     0mic2x9k4-3fa81c02-001.512.jaeger.spool
 *     time      writer   │   │   format state
 *               sequence ┘   └ spans
 */
export function toFileName({ writtenAtMs, writer, sequence, spans, format, state }: SpoolName): string {
  const time = writtenAtMs.toString(36).padStart(TIME_CHARS, '0');
  return `${time}-${writer}-${sequence.toString(36).padStart(SEQUENCE_CHARS, '0')}.${spans}.${format}.${state}`;
}

/** @returns undefined where the name is none of ours */
export function parseFileName(name: string): SpoolName | undefined {
  const [, time = '', writer = '', sequence = '', spans = '', format = '', state] = NAME.exec(name) ?? [];
  if (state === undefined) return undefined;
  return {
    writtenAtMs: Number.parseInt(time, 36),
    writer,
    sequence: Number.parseInt(sequence, 36),
    spans: Number(spans),
    format,
    state: state as SpoolState,
  };
}

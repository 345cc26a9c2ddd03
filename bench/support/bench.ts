import type { Spread } from './statistics.ts';
import type { Variant } from './variants.ts';

/** How a bench is run. */
export interface Options {
  readonly variants: readonly Variant[];
  readonly rounds: number;
  /** Length of a window under load. */
  readonly ms: number;
  /** How long a measurement may wait for other processes to leave the machine alone. */
  readonly patienceMs: number;
  /** Only to see that it works: what takes long by its nature is cut. */
  readonly short: boolean;
  readonly progress: (text: string) => void;
}

/** Bars of one figure, the shorter the better. */
export interface Plot {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: Spread }[];
}

/** What came of a bench. */
export interface Report {
  readonly title: string;
  /** What was done, in a sentence or two. */
  readonly about: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly plots: readonly Plot[];
  /** All that was measured, for machines. */
  readonly data: unknown;
  /** What must not be: a variant that ended, spans of ours that are missing. */
  readonly failures: readonly string[];
}

export interface Bench {
  readonly name: string;
  /** One round says as much as many. */
  readonly once?: boolean;
  /** A package that the bench needs, and that may not be installed. */
  readonly needs?: string;
  run(options: Options): Promise<Report>;
}

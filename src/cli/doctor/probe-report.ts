/** What a Node.js process of the command says about its start. */
export interface ProbeReport {
  /**
   * - `program`: everything was preloaded, and the program was about to run;
   * - `late`: the program loads the preload itself, and ran until it had;
   * - `tool`: a script of an installed package, which ran as it is;
   * - `unfinished`: it ended before the program was to run.
   */
  readonly kind: 'program' | 'late' | 'tool' | 'unfinished';
  /** Version of Node.js, without a `v`. */
  readonly node: string;
  /** File of the program. */
  readonly entry: string;
  readonly cwd: string;
  /** Of the command line, then `NODE_OPTIONS` whole. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Our `register.js`, if it was loaded. */
  readonly preload: string | null;
  /** Files of CommonJS modules that were loaded before it, in their order. */
  readonly before: readonly string[];
  readonly code: number;
}

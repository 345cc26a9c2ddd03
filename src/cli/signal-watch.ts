import { codeOf } from './started-command.ts';

/** Signals that ask a command of ours to end, from now on. */
export class SignalWatch {
  came = false;
  #wake: ((code: number) => void) | undefined;
  readonly #listeners = new Set<(signal: NodeJS.Signals) => void>();

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        this.came = true;
        for (const listener of this.#listeners) listener(signal);
        this.#wake?.(codeOf(signal));
      });
    }
  }

  onSignal(listener: (signal: NodeJS.Signals) => void): void {
    this.#listeners.add(listener);
  }

  /** Waits for the next one. @returns the exit code that tells of it; 0 for Ctrl-C, which is how one leaves */
  async next(): Promise<number> {
    const code = await new Promise<number>((resolve) => (this.#wake = resolve));
    return code === codeOf('SIGINT') ? 0 : code;
  }
}

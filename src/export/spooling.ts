import { clearTimeout, setTimeout } from '../core/timers.ts';
import type { Log } from '../core/log.ts';
import { Spool, SpoolFullError, type Claim, type SpoolFile, type SpoolOptions } from '../spool/spool.ts';
import type { Payload } from '../wire/encoder.ts';
import type { Ledger } from './ledger.ts';

export interface SpoolingOptions extends Omit<SpoolOptions, 'onExpired'> {
  /** The most bytes a second that are read back and sent, beside what the app ends now. */
  readonly replayBytesPerSecond: number;
  readonly ledger: Ledger;
  readonly log: Log;
  /** Called when `next()` may have something where it had not. */
  readonly onChange: () => void;
}

/** Payloads that are being written at one time; more are no quicker. */
const MAX_WRITES = 4;
/** What may wait for its turn to be written: a burst that ends before the disk has its turn is kept as well. */
const MAX_STAGED_BYTES = 16 * 1024 * 1024;
/** After a write that failed the disk is left alone. */
const REST_MS = 5_000;
/** Where nothing waits, another process may have left something. */
const LOOK_AGAIN_MS = 30_000;
/** A short-lived program has ended before it begins to send what others left. */
const FIRST_LOOK_MS = 1_000;

interface Staged {
  readonly payload: Payload;
  readonly resolve: (isKept: boolean) => void;
}

/**
 * Joins a delivery and a spool: payloads that cannot be sent now go to disk, and files that wait there are read back one
 * by one, paced, when the target takes spans.
 */
export class Spooling {
  readonly #options: SpoolingOptions;
  readonly #spool: Spool;
  /** Payloads without a file yet: those that wait for their turn, and those that are being written. */
  readonly #staged: Staged[] = [];
  readonly #writing = new Set<Staged>();
  #stagedBytes = 0;
  #next: Claim | undefined;
  #isReading = false;
  /** When it is worth looking for a file, and when one more may be sent. */
  #lookAtMs = performance.now() + FIRST_LOOK_MS;
  #pacedUntilMs = 0;
  #brokenUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SpoolingOptions) {
    this.#options = options;
    this.#spool = new Spool({ ...options, onExpired: (file) => this.#expired(file) });
  }

  get directory(): string {
    return this.#options.directory;
  }

  /** Whether all that was to be kept is on disk. */
  get idle(): boolean {
    return this.#staged.length === 0 && this.#writing.size === 0;
  }

  /** Whether one more payload may be on its way to the disk. */
  get hasRoom(): boolean {
    return this.#stagedBytes < MAX_STAGED_BYTES && performance.now() >= this.#brokenUntilMs;
  }

  /**
   * Writes a payload to disk; asked only where it `hasRoom`.
   *
   * @returns whether it is there; never rejects, and never settles once `close` has handed it out
   */
  keep(payload: Payload): Promise<boolean> {
    this.#stagedBytes += payload.body.length;
    return new Promise((resolve) => {
      this.#staged.push({ payload, resolve });
      if (this.#writing.size < MAX_WRITES) void this.#writeStaged();
    });
  }

  /** The same while the calling thread waits; what cannot be written is counted as lost. */
  keepSync(payload: Payload): void {
    const { ledger } = this.#options;
    try {
      this.#spool.writeSync(payload);
      ledger.spooled(payload.spans);
    } catch (error) {
      ledger.dropped(error instanceof SpoolFullError ? 'spoolFull' : 'spoolFailed', payload.spans);
      ledger.failed(this.#why(error));
    }
  }

  /** The oldest file's payload, which is this process's to send from now on; undefined where there is none yet. */
  next(): Claim | undefined {
    const claim = this.#next;
    this.#next = undefined;
    if (claim === undefined) this.#read();
    return claim;
  }

  /** The claimed payload was delivered, but for `rejected` of its spans. */
  delivered({ file }: Claim, rejected: number): void {
    const { ledger } = this.#options;
    if (file.isOwn) {
      ledger.spooled(-file.spans);
      ledger.delivered(file.spans - rejected);
      ledger.dropped('refused', rejected);
    } else ledger.replayed(file.spans - rejected);
    this.#quietly(this.#spool.remove(file));
  }

  /** The claimed payload was refused for good: the file is kept for somebody to look at. */
  refused({ file }: Claim, why: string): void {
    const { ledger, log, directory } = this.#options;
    if (file.isOwn) {
      ledger.spooled(-file.spans);
      ledger.dropped('refused', file.spans);
    }
    ledger.setAside();
    log.trouble(
      'spool refused',
      `${file.spans} spans kept in ${directory} were refused: ${why}; set aside as .refused`,
    );
    this.#quietly(this.#spool.setAside(file, 'refused'));
  }

  /** The claimed payload could not be sent now. */
  release({ file }: Claim): void {
    this.#spool.release(file);
  }

  /** Ends all that is under way. @returns the payloads whose file is not made, and will not be */
  close(): Payload[] {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#spool.close();
    if (this.#next !== undefined) this.release(this.#next);
    this.#next = undefined;
    const unwritten = [...this.#writing, ...this.#staged.splice(0)].map(({ payload }) => payload);
    this.#writing.clear();
    return unwritten;
  }

  async #writeStaged(): Promise<void> {
    for (let next = this.#staged.shift(); next !== undefined; next = this.#staged.shift()) {
      this.#writing.add(next);
      const isKept = await this.#write(next.payload);
      // else `close` has handed it out
      if (!this.#writing.delete(next)) return;
      this.#stagedBytes -= next.payload.body.length;
      next.resolve(isKept);
    }
  }

  async #write(payload: Payload): Promise<boolean> {
    try {
      if (!(await this.#spool.write(payload))) return false;
    } catch (error) {
      this.#brokenUntilMs = performance.now() + REST_MS;
      this.#options.log.trouble('spool write', `${this.#why(error)}; spans wait in memory`);
      return false;
    }
    this.#options.ledger.spooled(payload.spans);
    this.#lookAtMs = 0;
    return true;
  }

  #why(error: unknown): string {
    if (error instanceof SpoolFullError) return error.message;
    return `${this.#options.directory} cannot be written to (${said(error)})`;
  }

  #expired({ spans, isOwn }: SpoolFile): void {
    const { ledger, log, directory, maxAgeMs } = this.#options;
    if (isOwn) {
      ledger.spooled(-spans);
      ledger.dropped('spoolExpired', spans);
    }
    const hours = Math.round(maxAgeMs / 36_000) / 100;
    log.trouble('spool expired', `${spans} spans kept in ${directory} for more than ${hours} hours; deleted`);
  }

  #read(): void {
    if (this.#isReading || this.#isClosed) return;
    const waitMs = Math.max(this.#lookAtMs, this.#pacedUntilMs) - performance.now();
    if (waitMs > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#options.onChange, waitMs).unref();
      return;
    }
    this.#isReading = true;
    void this.#claim().then((claim) => {
      this.#isReading = false;
      const nowMs = performance.now();
      if (claim === undefined) this.#lookAtMs = nowMs + LOOK_AGAIN_MS;
      else if (this.#isClosed) return this.release(claim);
      else this.#pacedUntilMs = nowMs + (claim.payload.body.length / this.#options.replayBytesPerSecond) * 1000;
      this.#next = claim;
      this.#options.onChange();
    });
  }

  async #claim(): Promise<Claim | undefined> {
    const { ledger, log, directory } = this.#options;
    try {
      return await this.#spool.claim((file) => {
        if (file.isOwn) {
          ledger.spooled(-file.spans);
          ledger.dropped('spoolFailed', file.spans);
        }
        ledger.setAside();
        log.trouble(
          'spool damaged',
          `a file with ${file.spans} spans in ${directory} is damaged; set aside as .damaged`,
        );
      });
    } catch (error) {
      log.trouble('spool read', `${directory} cannot be read (${said(error)}); what is kept there waits`);
      return undefined;
    }
  }

  #quietly(work: Promise<void>): void {
    work.catch((error: unknown) => {
      const { log, directory } = this.#options;
      log.trouble(
        'spool remove',
        `${directory} cannot be changed (${said(error)}); spans kept there may be sent twice`,
      );
    });
  }
}

function said(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** The part's entry. */
export function createSpooling(options: SpoolingOptions): Spooling {
  return new Spooling(options);
}

import { join } from 'node:path';
import { loadBuiltin } from '../core/builtin.ts';
import { pack, packSync, unpack, type SpooledPayload } from './spool-file.ts';
import { parseFileName, toFileName, type SpoolName, type SpoolState } from './spool-name.ts';

export interface SpoolOptions {
  /** Made where it is missing; any number of processes may share it. */
  readonly directory: string;
  /** Of the payloads that are written and claimed here; files of other formats are left alone. */
  readonly format: string;
  /** Bound of the directory's size; a payload beyond it is not written. */
  readonly maxBytes: number;
  /** Files older than this are deleted. */
  readonly maxAgeMs: number;
  /** After so long a claimed file belongs to nobody any more: longer than an attempt to send it can take. */
  readonly claimMs: number;
  /** Told of each file that was deleted because of its age. */
  readonly onExpired?: (file: SpoolFile) => void;
}

/** A file of the spool, by what its name tells. */
export interface SpoolFile extends SpoolName {
  /** Whether this spool wrote it, and not another process or an earlier one. */
  readonly isOwn: boolean;
}

/** A file that this process is sending; nobody else touches it meanwhile. */
export interface Claim {
  readonly file: SpoolFile;
  readonly payload: SpooledPayload;
}

/** There is no room for a payload. */
export class SpoolFullError extends Error {
  readonly code = 'SPOOL_FULL';
}

/** How long a look at the directory is believed: its size may grow over the bound by what others write in that time. */
const LOOK_MS = 5_000;
/** A file that is still being written after an hour was left behind by a process that died. */
const MAX_TMP_MS = 3_600_000;

/**
 * Keeps payloads in a directory, one file each, until a process sends them.
 *
 * A file gets its name when it is whole (written aside, then renamed), so none is ever torn, whenever a process is
 * killed or the disk is full; its checksum tells what happened to it later. Whoever wants to send one renames it to
 * `….claimed` first, which only one process can. A claim that is too old, because its process died, is taken back.
 * Nothing is synced to the disk: a file outlives its process, not a power failure.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #fs = loadBuiltin('node:fs');
  readonly #writer = Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
  #sequence = 0;
  /** Names that can be claimed, oldest first, as of the last look. */
  #waiting: string[] = [];
  #bytes = 0;
  #lookedAtMs = -Infinity;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /**
   * Writes a payload; the file is there when the promise resolves.
   *
   * @returns false where the spool was closed meanwhile, and no file was made
   * @throws (rejects) SpoolFullError, or what the file system says
   */
  async write(payload: SpooledPayload): Promise<boolean> {
    const name = this.#nameOf(payload);
    await this.#look();
    const packed = await pack(payload);
    this.#mustHaveRoom(packed.length);
    const { directory } = this.#options;
    const aside = join(directory, toFileName({ ...name, state: 'tmp' }));
    try {
      await this.#fs.promises.mkdir(directory, { recursive: true, mode: 0o700 });
      await this.#fs.promises.writeFile(aside, packed, { mode: 0o600, flag: 'wx' });
      if (!this.#closed) this.#fs.renameSync(aside, join(directory, toFileName(name)));
    } catch (error) {
      await this.#fs.promises.rm(aside, { force: true }).catch(() => {});
      throw error;
    }
    if (this.#closed) {
      await this.#fs.promises.rm(aside, { force: true });
      return false;
    }
    this.#bytes += packed.length;
    this.#waiting.push(toFileName(name));
    return true;
  }

  /**
   * The same while the calling thread waits; for the end of the process.
   *
   * @throws SpoolFullError, or what the file system says
   */
  writeSync(payload: SpooledPayload): void {
    const packed = packSync(payload);
    this.#mustHaveRoom(packed.length);
    const name = this.#nameOf(payload);
    const { directory } = this.#options;
    const aside = join(directory, toFileName({ ...name, state: 'tmp' }));
    this.#fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      this.#fs.writeFileSync(aside, packed, { mode: 0o600, flag: 'wx' });
      this.#fs.renameSync(aside, join(directory, toFileName(name)));
    } catch (error) {
      this.#fs.rmSync(aside, { force: true });
      throw error;
    }
    this.#bytes += packed.length;
  }

  /** Lets no write that is under way make a file any more: its payload is written by `writeSync` instead. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Takes the oldest file that nobody else has; one that is damaged is set aside, and the next is taken.
   *
   * @param onDamaged told of each that is set aside
   * @returns undefined where there is none
   * @throws (rejects) what the file system says
   */
  async claim(onDamaged: (file: SpoolFile) => void): Promise<Claim | undefined> {
    if (this.#waiting.length === 0) await this.#look();
    for (let name = this.#waiting.shift(); name !== undefined; name = this.#waiting.shift()) {
      const parsed = parseFileName(name);
      if (parsed === undefined || !(await this.#rename(name, toFileName({ ...parsed, state: 'claimed' })))) continue;
      const file: SpoolFile = { ...parsed, isOwn: parsed.writer === this.#writer };
      const path = this.#pathOf(file, 'claimed');
      try {
        const now = new Date();
        await this.#fs.promises.utimes(path, now, now);
        const payload = await unpack(await this.#fs.promises.readFile(path));
        if (payload.spans !== file.spans) throw new Error('the file is not the one that its name says');
        return { file, payload };
      } catch {
        await this.setAside(file, 'damaged');
        onDamaged(file);
      }
    }
    return undefined;
  }

  /** The claimed file has been sent. */
  async remove(file: SpoolFile): Promise<void> {
    await this.#fs.promises.rm(this.#pathOf(file, 'claimed'), { force: true });
  }

  /** The claimed file could not be sent now; it waits again, for anybody. */
  release(file: SpoolFile): void {
    try {
      this.#fs.renameSync(this.#pathOf(file, 'claimed'), this.#pathOf(file, 'spool'));
      this.#waiting.unshift(toFileName({ ...file, state: 'spool' }));
    } catch {
      // somebody has taken it back
    }
  }

  /** The claimed file is kept, and not sent again. */
  async setAside(file: SpoolFile, state: 'damaged' | 'refused'): Promise<void> {
    await this.#rename(toFileName({ ...file, state: 'claimed' }), toFileName({ ...file, state }));
  }

  #pathOf(file: SpoolFile, state: SpoolState): string {
    return join(this.#options.directory, toFileName({ ...file, state }));
  }

  /** @returns false where the file is not there any more: somebody else was first */
  async #rename(from: string, to: string): Promise<boolean> {
    const { directory } = this.#options;
    try {
      await this.#fs.promises.rename(join(directory, from), join(directory, to));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  #nameOf({ spans }: SpooledPayload): SpoolName {
    const { format } = this.#options;
    return { writtenAtMs: Date.now(), writer: this.#writer, sequence: ++this.#sequence, spans, format, state: 'spool' };
  }

  #mustHaveRoom(bytes: number): void {
    const { directory, maxBytes } = this.#options;
    if (this.#bytes + bytes > maxBytes) throw new SpoolFullError(`${directory} is full (${maxBytes} bytes)`);
  }

  /** Looks at the directory, unless that was a moment ago. */
  #look(): Promise<void> {
    if (performance.now() - this.#lookedAtMs < LOOK_MS) return Promise.resolve();
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const { directory, format, maxAgeMs, claimMs, onExpired } = this.#options;
    const waiting: string[] = [];
    let total = 0;
    const nowMs = Date.now();
    for (const name of await this.#list()) {
      const file = parseFileName(name);
      if (file === undefined) continue;
      const path = join(directory, name);
      const ageMs = nowMs - file.writtenAtMs;
      if (ageMs > (file.state === 'tmp' ? Math.min(MAX_TMP_MS, maxAgeMs) : maxAgeMs)) {
        await this.#fs.promises.rm(path, { force: true });
        if (file.state === 'spool' || file.state === 'claimed')
          onExpired?.({ ...file, isOwn: file.writer === this.#writer });
        continue;
      }
      const stat = await this.#fs.promises.stat(path).catch(() => undefined);
      if (stat === undefined) continue;
      total += stat.size;
      if (file.format !== format) continue;
      if (file.state === 'spool') waiting.push(name);
      if (file.state === 'claimed' && nowMs - stat.mtimeMs > claimMs) {
        const free = toFileName({ ...file, state: 'spool' });
        if (await this.#rename(name, free)) waiting.push(free);
      }
    }
    this.#waiting = waiting.toSorted();
    this.#bytes = total;
    this.#lookedAtMs = performance.now();
  }

  async #list(): Promise<string[]> {
    try {
      return await this.#fs.promises.readdir(this.#options.directory);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

import { BroadcastChannel, getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';
import { clearTimeout, setTimeout } from '../core/timers.ts';
import { msUntil } from '../core/deadline.ts';
import { beforeMethod } from './before-method.ts';
import { ChildThreads } from './child-threads.ts';
import { ThreadDraft } from './thread-draft.ts';
import { ThreadSlots, type ThreadSlot } from './thread-slots.ts';

/** What a new thread finds in its environment data. */
export interface Hosting {
  readonly shared: SharedArrayBuffer;
  /** Where the thread listens that sends. */
  readonly channel: string;
  /** The traced thread that this one ends with. */
  readonly parent: number;
  /** Where the host sends to. */
  readonly choices: unknown;
}

/** A batch as it crosses between threads. */
export interface Parcel {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly spans: number;
}

/** What a thread tells its host; each is from one exporter of one thread. */
export type Told = { readonly slot: number; readonly thread: number } & (
  | { readonly exporter: number; readonly parcel: Parcel }
  | { readonly exporter: number; readonly draft: SharedArrayBuffer; readonly contentType: string }
  | { readonly exporter: number; readonly dropped: string; readonly spans: number }
  | { readonly flushMs: number }
);

/** The way of one exporter's spans out of a thread. */
export interface Carrier {
  /** Bytes that the host has not yet taken. */
  readonly waitingBytes: number;
  spanEnded(): void;
  /** Has `prepare` called before the thread blocks. */
  beforeBlocking(prepare: () => void): void;
  /** Leaves a batch where the host can take it. @returns false where it is too large for that */
  draft(parcel: Parcel): boolean;
  /** @returns false where the host has taken it */
  takeBack(): boolean;
  send(parcel: Parcel): void;
  dropped(reason: string, spans: number): void;
  /** Has the host send what it has; resolves when it has, at `deadlineMs` at the latest. */
  flush(deadlineMs: number): Promise<void>;
}

export const KEY = 'otel-preload.threads';
/** The host listens before a thread runs; this is for a machine that stands still in between. */
const HOST_MS = 100;
/** A shorter wait is one for a lock: the thread goes on. */
const SHORT_WAIT_MS = 10;

/** What the threads started by this one are told; undefined where nobody above it is traced. */
export function hosting(): Hosting | undefined {
  return getEnvironmentData(KEY) as unknown as Hosting | undefined;
}

/** Tells it to all threads that are started from now on. */
export function setHosting(hosting: Hosting): void {
  setEnvironmentData(KEY, hosting);
}

/**
 * This thread as one that does not send: its batches go to its host as soon as they are full or old enough, before the thread
 * blocks, and when it ends or is asked to. Handing over takes effect at once, so a thread may be
 * terminated in the next moment.
 */
export class ThreadGuest {
  readonly isGuest = true;
  readonly #slot: ThreadSlot;
  readonly #slots: ThreadSlots;
  readonly #children: ChildThreads;
  readonly #channel: string;
  readonly #prepares: (() => void)[] = [];
  #flushes = 0;

  private constructor(slot: ThreadSlot, slots: ThreadSlots, channel: string) {
    this.#slot = slot;
    this.#slots = slots;
    this.#channel = channel;
    this.#children = new ChildThreads(slots, threadId);
    this.#watchBlocking();
  }

  /** @returns undefined where the host has no place for one more thread */
  static join(hosting: Hosting): ThreadGuest | undefined {
    const slots = new ThreadSlots(hosting.shared);
    const slot = slots.claim(threadId, hosting.parent);
    if (slot === undefined) return undefined;
    setHosting({ ...hosting, parent: threadId });
    return new ThreadGuest(slot, slots, hosting.channel);
  }

  carrier(exporter: number): Carrier {
    const slot = this.#slot;
    let bytes = 0;
    let draft: ThreadDraft | undefined;
    return {
      get waitingBytes() {
        return bytes - slot.bytesTaken(exporter);
      },
      beforeBlocking: (prepare) => void this.#prepares.push(prepare),
      draft: (parcel) => {
        if (draft === undefined) {
          draft = new ThreadDraft();
          this.#tell({ ...this.#from, exporter, draft: draft.shared, contentType: parcel.contentType });
        }
        const isWritten = draft.write(parcel);
        if (isWritten) slot.drafted(exporter, parcel.spans);
        return isWritten;
      },
      takeBack: () => {
        slot.drafted(exporter, 0);
        return draft?.takeBack() !== false;
      },
      spanEnded: () => slot.ended(exporter),
      send: (parcel) => {
        bytes += parcel.body.length;
        this.#tell({ ...this.#from, exporter, parcel });
      },
      dropped: (dropped, spans) => this.#tell({ ...this.#from, exporter, dropped, spans }),
      flush: (deadlineMs) => this.flush(deadlineMs),
    };
  }

  /** Resolves when the thread that this one ends with wants what it has. */
  asked(): Promise<void> {
    return this.#slot.asked();
  }

  /** Has the host send what it has; resolves when it has, at `deadlineMs` at the latest. */
  flush(deadlineMs: number): Promise<void> {
    const flush = ++this.#flushes;
    this.#tell({ ...this.#from, flushMs: msUntil(deadlineMs) });
    return new Promise((resolve) => {
      // It also keeps the thread: whoever flushes waits for it.
      const timer = setTimeout(resolve, msUntil(deadlineMs));
      void this.#slot.flushedTimes(flush).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  drain(): void {}

  collect(timeoutMs: number): void {
    this.#children.collect(timeoutMs);
  }

  /** Nothing more is handed over. */
  close(): void {
    this.#slot.end();
  }

  get #from(): { readonly slot: number; readonly thread: number } {
    return { slot: this.#slot.index, thread: threadId };
  }

  /** A channel that stayed open would be sent what the other threads tell. */
  #tell(told: Told): void {
    this.#slots.waitForHost(HOST_MS);
    const channel = new BroadcastChannel(this.#channel);
    channel.postMessage(told);
    channel.close();
  }

  /** A pool's idle thread blocks until its next task, should there be one; no timer of ours fires then. */
  #watchBlocking(): void {
    beforeMethod(Atomics, 'wait', (_, [, , , timeoutMs]) => {
      if (typeof timeoutMs === 'number' && timeoutMs <= SHORT_WAIT_MS) return;
      for (const prepare of this.#prepares) prepare();
      // It might sleep on for longer than the asker waits.
      this.#slot.answer();
    });
  }
}

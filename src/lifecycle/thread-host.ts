import { BroadcastChannel, type MessagePort, receiveMessageOnPort, threadId } from 'node:worker_threads';
import { setInterval } from '../core/timers.ts';
import { ChildThreads } from './child-threads.ts';
import { KEY, setHosting, type Parcel, type Told } from './thread-guest.ts';
import { ThreadDraft } from './thread-draft.ts';
import { ThreadSlots, type ThreadSlot } from './thread-slots.ts';

export interface ThreadHostOptions {
  /** Where this thread sends to; its threads hand over batches for the same. */
  readonly choices: readonly unknown[];
  /** How old a batch may become. */
  readonly scheduleDelayMs: number;
  /** Sends a thread's batch as one of this thread's own. */
  readonly adopt: (exporter: number, parcel: Parcel) => void;
  /** Counts a thread's spans that nobody will send. */
  readonly lost: (exporter: number, reason: string, spans: number) => void;
  /** Sends what is there; resolves after `timeoutMs` at the latest. */
  readonly flush: (timeoutMs: number) => Promise<void>;
}

/** The share of the time left that the end waits for other threads: sending takes the rest. */
const COLLECT_SHARE = 0.25;
/** And where no time is left: a thread that is not busy answers in 1 ms. */
const MIN_COLLECT_MS = 20;

interface HeldDraft {
  readonly slot: ThreadSlot;
  readonly exporter: number;
  readonly draft: ThreadDraft;
  readonly contentType: string;
}

/**
 * This thread as the one that sends, for itself and for the worker threads that it or they start.
 *
 * So a thread can end in any way, and be as deaf as it likes, with nothing lost but what it had not handed over; and there is
 * one queue, one ledger and one connection for the process. Until the first thread starts it costs 0.2 ms of the start; what listens then keeps no
 * process alive.
 */
export class ThreadHost {
  readonly isGuest = false;
  readonly #options: ThreadHostOptions;
  /** Of this host only: a thread may have one of its own, where nobody above it is traced. */
  readonly #name = `${KEY}.${process.hrtime.bigint()}`;
  readonly #slots: ThreadSlots;
  readonly #children: ChildThreads;
  #channel: BroadcastChannel | undefined;
  #drafts: HeldDraft[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ThreadHostOptions) {
    const { choices } = options;
    this.#options = options;
    this.#slots = new ThreadSlots(choices.length);
    this.#children = new ChildThreads(this.#slots, threadId, {
      onBirth: () => this.#listen(),
      onTerminate: () => this.drain(),
    });
    setHosting({ shared: this.#slots.shared, channel: this.#name, parent: threadId, choices });
  }

  /** Gets what the threads have; blocks for that at most a quarter of `timeoutMs`. */
  collect(timeoutMs: number): void {
    this.drain();
    this.#children.collect(Math.max(MIN_COLLECT_MS, timeoutMs * COLLECT_SHARE));
    this.drain();
    this.#takeDrafts();
  }

  /** What the threads did not hand over is lost. */
  close(): void {
    this.drain();
    for (const slot of this.#slots.inUse()) this.#countLost(slot);
  }

  /** Takes what threads have told and the event loop has not yet brought. */
  drain(): void {
    this.#receive();
    this.#settle();
  }

  #listen(): void {
    if (this.#channel !== undefined) return;
    const channel = new BroadcastChannel(this.#name);
    this.#channel = channel;
    channel.onmessage = (event) => {
      this.#hear((event as { data: Told }).data);
      this.#settle();
    };
    channel.unref();
    this.#slots.listening();
  }

  #receive(): void {
    if (this.#channel === undefined) return;
    const port = this.#channel as unknown as MessagePort;
    for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port)) {
      this.#hear(told.message);
    }
  }

  #hear(told: Told): void {
    const slot = this.#slots.at(told.slot);
    if ('parcel' in told) {
      const { exporter, parcel } = told;
      slot.taken(exporter, parcel.spans, parcel.body.length);
      this.#options.adopt(exporter, parcel);
    } else if ('draft' in told) {
      const { exporter, contentType } = told;
      this.#drafts.push({ slot, exporter, contentType, draft: new ThreadDraft(told.draft) });
      if (this.#timer === undefined) this.#timer = this.#takeDraftsRegularly();
    } else if ('dropped' in told) {
      slot.taken(told.exporter, told.spans, 0);
      this.#options.lost(told.exporter, told.dropped, told.spans);
    } else {
      const flushed = (): void => slot.flushed();
      this.#options.flush(told.flushMs).then(flushed, flushed);
    }
  }

  /** Counts what those had that have left, and gives their slots free. */
  #settle(): void {
    this.#children.sweep();
    const left = this.#slots.inUse().filter(({ hasLeft }) => hasLeft);
    if (left.length === 0) return;
    // They may have told something before they left.
    this.#receive();
    this.#takeDrafts(left);
    this.#drafts = this.#drafts.filter(({ slot }) => !left.includes(slot));
    for (const slot of left) {
      this.#countLost(slot);
      slot.free();
    }
  }

  #takeDraftsRegularly(): NodeJS.Timeout {
    return setInterval(() => this.#takeDrafts(), this.#options.scheduleDelayMs).unref();
  }

  /** What blocked threads have left, which may block for long. */
  #takeDrafts(of?: readonly ThreadSlot[]): void {
    for (const { slot, exporter, draft, contentType } of this.#drafts) {
      const drafted = of === undefined || of.includes(slot) ? draft.take() : undefined;
      if (drafted === undefined) continue;
      slot.taken(exporter, drafted.spans, 0);
      this.#options.adopt(exporter, { ...drafted, contentType });
    }
  }

  #countLost(slot: ThreadSlot): void {
    for (const exporter of this.#options.choices.keys()) {
      const spans = slot.notTaken(exporter);
      if (spans > 0) this.#options.lost(exporter, 'thread', spans);
      slot.taken(exporter, spans, 0);
    }
  }
}

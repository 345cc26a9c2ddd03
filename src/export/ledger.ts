/** Why a span was given up. Each has the words that the line at the end uses. */
export const dropReasons = {
  queueFull: 'no room while the collector did not take them',
  tooLarge: 'larger than a payload may be',
  refused: 'refused by the collector',
  deadline: 'not sent before the process ended',
  unanswered: 'sent, but not answered before the process ended',
  encoding: 'could not be encoded',
  notLoaded: 'ended while the exporter could not be loaded',
  spoolFull: 'no room in the spool',
  spoolFailed: 'could not be kept in the spool',
  spoolExpired: 'kept in the spool for too long',
  thread: 'in a worker thread that was ended before it could hand them over',
} as const;

export type DropReason = keyof typeof dropReasons;

/** A reading of the ledger: `ended = delivered + spooled + waiting + the sum of dropped`, in spans. */
export interface Stats {
  readonly ended: number;
  readonly delivered: number;
  /** On disk, and not sent since. */
  readonly spooled: number;
  readonly waiting: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** What the last attempt failed by; undefined where it did not fail. */
  readonly trouble: string | undefined;
  /** Spans that other processes or earlier ones had kept on disk, delivered from here. */
  readonly replayed: number;
  /** Files of the spool that were damaged or refused. */
  readonly setAside: number;
}

/** Counts what became of each ended span of one exporter; the only place that counts. */
export class Ledger {
  #ended = 0;
  #delivered = 0;
  #spooled = 0;
  #replayed = 0;
  #setAside = 0;
  #trouble: string | undefined;
  readonly #dropped: Record<DropReason, number> = {
    queueFull: 0,
    tooLarge: 0,
    refused: 0,
    deadline: 0,
    unanswered: 0,
    encoding: 0,
    notLoaded: 0,
    spoolFull: 0,
    spoolFailed: 0,
    spoolExpired: 0,
    thread: 0,
  };

  spanEnded(): void {
    this.#ended++;
  }
  /** Of another thread, whose spans are sent from this one. */
  spansCame(spans: number): void {
    this.#ended += spans;
  }
  delivered(spans: number): void {
    this.#delivered += spans;
    this.#trouble = undefined;
  }
  dropped(reason: DropReason, spans: number): void {
    this.#dropped[reason] += spans;
  }
  /** Spans that went to disk; negative where they left it again. */
  spooled(spans: number): void {
    this.#spooled += spans;
  }
  replayed(spans: number): void {
    this.#replayed += spans;
    this.#trouble = undefined;
  }
  /** A file of the spool was. */
  setAside(): void {
    this.#setAside++;
  }
  /** An attempt failed: it says why, and no span is counted by it. */
  failed(why: string): void {
    this.#trouble = why;
  }

  stats(): Stats {
    const dropped = { ...this.#dropped };
    const lost = Object.values(dropped).reduce((sum, spans) => sum + spans, 0);
    return {
      ended: this.#ended,
      delivered: this.#delivered,
      spooled: this.#spooled,
      waiting: this.#ended - this.#delivered - this.#spooled - lost,
      dropped,
      trouble: this.#trouble,
      replayed: this.#replayed,
      setAside: this.#setAside,
    };
  }
}

/** `50 ended, 40 delivered, 7 waiting, 3 no room while…; ECONNREFUSED`: what there is of each, and the last trouble. */
export function describeStats(stats: Stats): string {
  const { ended, delivered, spooled, waiting, replayed, setAside } = stats;
  const counts = {
    delivered,
    'on disk': spooled,
    waiting,
    'delivered for others': replayed,
    'files set aside': setAside,
  };
  const parts = Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : `${count} ${what}`));
  return [`${ended} ended`, ...parts, ...lostByReason(stats)].join(', ') + because(stats);
}

/** `3 no room while…, 40 not sent…; ECONNREFUSED`, or undefined where nothing was dropped. */
export function describeDropped(stats: Stats): string | undefined {
  const parts = lostByReason(stats);
  return parts.length === 0 ? undefined : parts.join(', ') + because(stats);
}

function lostByReason({ dropped }: Stats): string[] {
  const reasons = Object.keys(dropReasons) as DropReason[];
  return reasons.flatMap((reason) => (dropped[reason] > 0 ? `${dropped[reason]} ${dropReasons[reason]}` : []));
}

function because({ trouble }: Stats): string {
  return trouble === undefined ? '' : `; ${trouble}`;
}

/** Why a span was given up. Each has the words that the line at the end uses. */
export const dropReasons = {
  queueFull: 'no room while the collector did not take them',
  tooLarge: 'larger than a payload may be',
  refused: 'refused by the collector',
  deadline: 'not sent before the process ended',
  unanswered: 'sent, but not answered before the process ended',
  encoding: 'could not be encoded',
} as const;

export type DropReason = keyof typeof dropReasons;

/** A reading of the ledger: `ended = delivered + waiting + the sum of dropped`, in spans. */
export interface Stats {
  readonly ended: number;
  readonly delivered: number;
  readonly waiting: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** What the last attempt failed by; undefined where it did not fail. */
  readonly trouble: string | undefined;
}

/** Counts what became of each ended span of one exporter; the only place that counts. */
export class Ledger {
  #ended = 0;
  #delivered = 0;
  #trouble: string | undefined;
  readonly #dropped: Record<DropReason, number> = {
    queueFull: 0,
    tooLarge: 0,
    refused: 0,
    deadline: 0,
    unanswered: 0,
    encoding: 0,
  };

  spanEnded(): void {
    this.#ended++;
  }
  delivered(spans: number): void {
    this.#delivered += spans;
    this.#trouble = undefined;
  }
  dropped(reason: DropReason, spans: number): void {
    this.#dropped[reason] += spans;
  }
  /** An attempt failed: it says why, and no span is counted by it. */
  failed(why: string): void {
    this.#trouble = why;
  }

  stats(): Stats {
    const dropped = { ...this.#dropped };
    const lost = Object.values(dropped).reduce((sum, spans) => sum + spans, 0);
    const waiting = this.#ended - this.#delivered - lost;
    return { ended: this.#ended, delivered: this.#delivered, waiting, dropped, trouble: this.#trouble };
  }
}

/** `3 no room while…, 40 not sent…; ECONNREFUSED`, or undefined where nothing was dropped. */
export function describeDropped({ dropped, trouble }: Stats): string | undefined {
  const parts = (Object.keys(dropReasons) as DropReason[])
    .filter((reason) => dropped[reason] > 0)
    .map((reason) => `${dropped[reason]} ${dropReasons[reason]}`);
  if (parts.length === 0) return undefined;
  return parts.join(', ') + (trouble === undefined ? '' : `; ${trouble}`);
}

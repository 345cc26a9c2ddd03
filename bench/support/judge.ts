/** What the recorder writes for a batch: which spans, as pairs of life and number; then that it has answered. */
export type Line =
  | {
      readonly batch: number;
      readonly atMs: number;
      readonly spans: readonly (readonly [life: number, number: number])[];
    }
  | { readonly answered: number; readonly atMs: number };

/** How far an app had come: every number below `next` had ended at `atMs`. */
export interface Mark {
  readonly next: number;
  readonly atMs: number;
}

/** One process of the app, from its start to its end. */
export interface Life {
  readonly journal: readonly Mark[];
  /** When it was killed; undefined where it ended in order. */
  readonly killedMs: number | undefined;
}

export interface Evidence {
  readonly lives: readonly Life[];
  /** The recorder's lines, for each of its processes. */
  readonly recordings: readonly (readonly Line[])[];
  /** When a process, ours or the collector, was killed. */
  readonly killsMs: readonly number[];
  /** Spans younger than this when the app was killed may be missing. */
  readonly allowedMs: number;
  /** A batch that arrived no longer than this before a kill may have been answered in vain. */
  readonly graceMs: number;
}

export interface Judgement {
  readonly ended: number;
  readonly received: number;
  /** Missing, though old enough when the app was killed, or in a life that was not killed. */
  readonly lost: readonly { readonly life: number; readonly number: number }[];
  /** Missing, and not older than allowed when the app was killed. */
  readonly young: number;
  /** The age of the oldest missing span when its app was killed. */
  readonly oldestMissingMs: number;
  /** Second arrivals of spans whose answer a kill may have eaten. */
  readonly againByKill: number;
  /** Second arrivals that nothing excuses. */
  readonly again: readonly { readonly life: number; readonly number: number }[];
  /** Spans that no app has ended. */
  readonly unknown: number;
}

interface Arrival {
  readonly atMs: number;
  readonly answeredMs: number | undefined;
}

/** Compares what the apps have ended with what the recorders were sent. */
export function judge({ lives, recordings, killsMs, allowedMs, graceMs }: Evidence): Judgement {
  const arrivals = lives.map(() => new Map<number, Arrival[]>());
  let unknown = 0;
  for (const lines of recordings) {
    const answeredMs = new Map(lines.flatMap((line) => ('answered' in line ? [[line.answered, line.atMs]] : [])));
    for (const line of lines) {
      if ('answered' in line) continue;
      const arrival = { atMs: line.atMs, answeredMs: answeredMs.get(line.batch) };
      for (const [life, number] of line.spans) {
        const known = arrivals[life];
        if (known === undefined || number >= endedIn(lives[life])) unknown++;
        else if (known.has(number)) known.get(number)?.push(arrival);
        else known.set(number, [arrival]);
      }
    }
  }
  const excused = ({ atMs, answeredMs }: Arrival): boolean =>
    answeredMs === undefined || killsMs.some((killMs) => killMs >= atMs && killMs - answeredMs <= graceMs);

  const lost: { life: number; number: number }[] = [];
  const again: { life: number; number: number }[] = [];
  let young = 0;
  let againByKill = 0;
  let oldestMissingMs = 0;
  let received = 0;
  for (const [life, { journal, killedMs }] of lives.entries()) {
    let mark = 0;
    for (let number = 0; number < endedIn(lives[life]); number++) {
      while ((journal[mark]?.next ?? Infinity) <= number) mark++;
      const [...copies] = arrivals[life]?.get(number) ?? [];
      if (copies.length > 0) received++;
      else {
        const ageMs = killedMs === undefined ? Infinity : killedMs - (journal[mark]?.atMs ?? 0);
        oldestMissingMs = Math.max(oldestMissingMs, ageMs);
        if (ageMs <= allowedMs) young++;
        else lost.push({ life, number });
      }
      for (const earlier of copies.slice(0, -1)) {
        if (excused(earlier)) againByKill++;
        else again.push({ life, number });
      }
    }
  }
  const ended = lives.reduce((sum, life) => sum + endedIn(life), 0);
  return { ended, received, lost, young, oldestMissingMs, againByKill, again, unknown };
}

function endedIn(life: Life | undefined): number {
  return life?.journal.at(-1)?.next ?? 0;
}

/** `3 to 7, 9 (6)`: numbers of one life as ranges, the first few of them. */
export function ranges(numbers: readonly number[], most = 5): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const found: [from: number, to: number][] = [];
  for (const number of sorted) {
    const last = found.at(-1);
    if (last !== undefined && number <= last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  const texts = found.slice(0, most).map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  return `${texts.join(', ')}${found.length > most ? ', …' : ''} (${numbers.length})`;
}

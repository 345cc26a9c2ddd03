import type { Options } from './bench.ts';
import { type Spread, spread } from './statistics.ts';
import type { Variant } from './variants.ts';

/** Results of the rounds: one for each variant in each round; undefined where it failed. */
export interface Rounds<T> {
  readonly variants: readonly Variant[];
  readonly of: (variant: Variant) => readonly (T | undefined)[];
  readonly failures: readonly string[];
}

/**
 * Measures every variant once in each round, so that what the machine does besides hits all of them alike. Each round
 * begins with another variant.
 */
export async function inRounds<T>(
  { variants, rounds, progress }: Options,
  measure: (variant: Variant) => Promise<T>,
  describe: (result: T) => string,
): Promise<Rounds<T>> {
  const results = new Map<Variant, (T | undefined)[]>(variants.map((variant) => [variant, []]));
  const failures: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [i] of variants.entries()) {
      const variant = variants[(i + round) % variants.length];
      if (variant === undefined) continue;
      let result: T | undefined;
      try {
        result = await measure(variant);
        progress(`round ${round + 1}/${rounds} ${variant.name}: ${describe(result)}`);
      } catch (error) {
        failures.push(`${variant.name}: ${String(error)}`);
        progress(`round ${round + 1}/${rounds} ${variant.name}: ${String(error)}`);
      }
      results.get(variant)?.push(result);
    }
  }
  return { variants, of: (variant) => results.get(variant) ?? [], failures };
}

/** A figure of a variant over the rounds. */
export function figure<T>(all: Rounds<T>, variant: Variant, pick: (one: T) => number): Spread {
  return spread(all.of(variant).flatMap((one) => (one === undefined ? [] : [pick(one)])));
}

/** The same set in relation to the bare app's of the same round. */
export function besideBare<T>(
  all: Rounds<T>,
  variant: Variant,
  relate: (one: T, bare: T) => number,
): Spread | undefined {
  const bare = all.variants.find(({ name }) => name === 'bare');
  if (bare === undefined || variant === bare) return undefined;
  const related = all.of(variant).flatMap((one, round) => {
    const beside = all.of(bare)[round];
    return one === undefined || beside === undefined ? [] : [relate(one, beside)];
  });
  return related.length === 0 ? undefined : spread(related);
}

/** `1.23 (1.20–1.31)`, with so many digits after the point; without the spread where there was one round. */
export function show(value: Spread | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value.median)) return '–';
  const one = (number: number): string => number.toFixed(digits);
  if (value.min === value.max) return one(value.median);
  return `${one(value.median)} (${one(value.min)}–${one(value.max)})`;
}

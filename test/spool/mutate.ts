/** A generator of numbers that is the same for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What disks, kills and people do to a file: bits turned, cut off, pieces lost, doubled, zeroed, or something else in its place. */
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const from = random(bytes.length + 1);
  const length = random(bytes.length - from + 1);
  const mutated = Uint8Array.from(bytes);
  switch (random(7)) {
    case 0:
      for (let n = 0; n <= random(4); n++) {
        const at = random(bytes.length);
        mutated[at] = (mutated[at] ?? 0) ^ (1 << random(8));
      }
      return mutated;
    case 1:
      return mutated.subarray(0, from);
    case 2:
      return Buffer.concat([mutated.subarray(0, from), mutated.subarray(from + length)]);
    case 3:
      return Buffer.concat([mutated, mutated.subarray(from, from + length)]);
    case 4:
      return mutated.fill(0, from, from + length);
    case 5:
      return Uint8Array.from({ length: random(200) }, () => random(256));
    default:
      return mutated.map((byte, at) => (at >= from && at < from + length ? random(256) : byte));
  }
}

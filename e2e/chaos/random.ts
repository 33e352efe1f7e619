/** Random numbers that depend on a seed alone (mulberry32). */
export interface Random {
  /** From 0 up to, not including, 1. */
  next: () => number;
  /** An integer, both ends included. */
  between: (low: number, high: number) => number;
  chance: (probability: number) => boolean;
  pick: <T>(of: readonly T[]) => T;
  /** A UUID of version 4. */
  uuid: () => string;
  /** Another stream. The numbers that one part of a run draws do not change those of another part. */
  fork: (name: string) => Random;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick(of) {
      const index = between(0, of.length - 1);
      if (of.length === 0) throw new Error("nothing to pick from");
      return of[index] as (typeof of)[number];
    },
    uuid() {
      const hex = Array.from({ length: 32 }, () => between(0, 15).toString(16));
      hex[12] = "4";
      hex[16] = between(8, 11).toString(16);
      const text = hex.join("");
      return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
    },
    fork: (name) =>
      createRandom(
        [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16_777_619), seed ^ 0x811c9dc5),
      ),
  };
}

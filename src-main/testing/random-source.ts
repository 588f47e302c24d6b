/** Mulberry32: small, fast and the same on every machine. Answers from -1 to 1. */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * 2 - 1;
  };
}

/** The same from 0 to 1. */
export function randomShares(seed: number): () => number {
  const random = randomSource(seed);
  return () => (random() + 1) / 2;
}

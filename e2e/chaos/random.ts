import { randomSource } from '../../src-main/testing/random-source.ts';

/** Everything that a seed decides. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  /** So many different ones. */
  some<T>(from: readonly T[], count: number): T[];
}

export function createRandom(seed: number): Random {
  const source = randomSource(seed);
  const whole = (from: number, to: number): number =>
    from + Math.floor(((source() + 1) / 2) * (to - from + 1));
  const some = <T>(from: readonly T[], count: number): T[] => {
    const left = [...from];
    return Array.from({ length: Math.min(count, from.length) }).flatMap(() =>
      left.splice(whole(0, left.length - 1), 1),
    );
  };
  return {
    whole,
    some,
    pick(from) {
      const [picked] = some(from, 1);
      if (picked === undefined) throw new Error('There is nothing to pick from');
      return picked;
    },
  };
}

import type { CodePoints } from './code-points.ts';
import type { PatternNode } from './pattern-parser.ts';

/** Enough for any pattern a person writes; a longer one is treated as ambiguous. */
const mostSteps = 100_000;

/** Where a pattern may begin and end, as numbers of its characters. */
interface Edges {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly isOptional: boolean;
}

/**
 * Whether some text can be read in two ways while it is matched, as in `(a+)+` or `a?a?`. llama.cpp
 * follows all ways at once, and their number multiplies with each character of a token: such a
 * pattern can hang an engine. Counted repetitions are seen as endless ones, so that some patterns
 * are called ambiguous that are not.
 */
export function isAmbiguous(pattern: PatternNode): boolean {
  const follows: number[][] = [];
  const sets: CodePoints[] = [];
  let steps = 0;

  function connect(from: readonly number[], to: readonly number[]): void {
    steps += from.length * to.length;
    if (steps > mostSteps) return;
    for (const position of from) follows[position]?.push(...to);
  }

  function visit(node: PatternNode): Edges {
    switch (node.type) {
      case 'character': {
        const position = sets.push(node.set) - 1;
        follows.push([]);
        return { first: [position], last: [position], isOptional: false };
      }
      case 'sequence': {
        let whole: Edges = { first: [], last: [], isOptional: true };
        for (const item of node.items) {
          const next = visit(item);
          connect(whole.last, next.first);
          whole = {
            first: whole.isOptional ? [...whole.first, ...next.first] : whole.first,
            last: next.isOptional ? [...whole.last, ...next.last] : next.last,
            isOptional: whole.isOptional && next.isOptional,
          };
        }
        return whole;
      }
      case 'choice': {
        const options = node.options.map(visit);
        return {
          first: options.flatMap(({ first }) => first),
          last: options.flatMap(({ last }) => last),
          isOptional: options.some(({ isOptional }) => isOptional),
        };
      }
      case 'repeat': {
        const item = visit(node.item);
        if (node.max > 1) connect(item.last, item.first);
        // An empty round can be gone through any number of times.
        if (node.max > 1 && item.isOptional) steps = Infinity;
        return { ...item, isOptional: item.isOptional || node.min === 0 };
      }
    }
  }

  const { first } = visit(pattern);
  if (steps > mostSteps) return true;
  return [first, ...follows].some((positions) => overlap(positions, sets));
}

function overlap(positions: readonly number[], sets: readonly CodePoints[]): boolean {
  const ranges = positions.flatMap((position) => sets[position] ?? []);
  const sorted = ranges.toSorted(([a], [b]) => a - b);
  return sorted.some(([from], index) => from <= (sorted[index - 1]?.[1] ?? -1));
}

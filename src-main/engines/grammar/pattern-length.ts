import type { PatternNode } from './pattern-parser.ts';

export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** How many characters a pattern can match. */
export function lengthOf(node: PatternNode): LengthRange {
  switch (node.type) {
    case 'character':
      return { min: 1, max: 1 };
    case 'sequence': {
      const lengths = node.items.map(lengthOf);
      return { min: sum(lengths.map(({ min }) => min)), max: sum(lengths.map(({ max }) => max)) };
    }
    case 'choice': {
      const lengths = node.options.map(lengthOf);
      return {
        min: Math.min(...lengths.map(({ min }) => min)),
        max: Math.max(...lengths.map(({ max }) => max)),
      };
    }
    case 'repeat': {
      const { min, max } = lengthOf(node.item);
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max };
    }
  }
}

/**
 * Narrows a pattern to strings whose length is within `range`; undefined when it has none. With
 * one flexible part nothing is lost; with several the room is shared out, so some strings that
 * would be valid as well are left out, but never is an invalid one let in.
 */
export function withLength(node: PatternNode, range: LengthRange): PatternNode | undefined {
  const { min, max } = lengthOf(node);
  if (min >= range.min && max <= range.max) return node;
  if (min > range.max || max < range.min) return undefined;
  switch (node.type) {
    case 'character':
      return node;
    case 'choice': {
      const options = node.options.map((option) => withLength(option, range));
      const possible = options.filter((option) => option !== undefined);
      return possible.length === 0 ? undefined : { type: 'choice', options: possible };
    }
    case 'sequence':
      return shareOut(node.items, range);
    case 'repeat':
      return narrowRepeat(node, range);
  }
}

function shareOut(items: readonly PatternNode[], range: LengthRange): PatternNode | undefined {
  const lengths = items.map(lengthOf);
  let missing = range.min - sum(lengths.map(({ min }) => min));
  let spare = range.max - Math.max(range.min, sum(lengths.map(({ min }) => min)));
  let flexible = lengths.filter(({ min, max }) => max > min).length;
  const narrowed: PatternNode[] = [];
  for (const [index, item] of items.entries()) {
    const length = lengths[index] ?? { min: 0, max: 0 };
    const growth = length.max - length.min;
    const added = Math.min(Math.max(missing, 0), growth);
    const share = growth > 0 ? Math.min(Math.floor(spare / flexible), growth - added) : 0;
    const min = length.min + added;
    const result = withLength(item, { min, max: min + share });
    if (result === undefined) return undefined;
    missing -= added;
    if (growth > 0) {
      spare -= share;
      flexible -= 1;
    }
    narrowed.push(result);
  }
  return { type: 'sequence', items: narrowed };
}

function narrowRepeat(
  node: Extract<PatternNode, { type: 'repeat' }>,
  range: LengthRange,
): PatternNode | undefined {
  const { min: shortest, max: longest } = lengthOf(node.item);
  if (!Number.isFinite(longest)) {
    // A flexible part that repeats: write it once, as long as may be.
    if (node.min > 1) return undefined;
    const item = withLength(node.item, range);
    if (item === undefined) return range.min === 0 && node.min === 0 ? emptyNode : undefined;
    return range.min === 0 && node.min === 0 ? { type: 'repeat', item, min: 0, max: 1 } : item;
  }
  const min = Math.max(node.min, Math.ceil(range.min / Math.max(shortest, 1)));
  const max = Math.min(node.max, Math.floor(range.max / longest));
  return min > max ? undefined : { ...node, min, max };
}

const emptyNode: PatternNode = { type: 'sequence', items: [] };

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

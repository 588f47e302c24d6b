import { type CodePoints, holds } from './code-points.ts';
import type { LengthRange } from './pattern-length.ts';
import { type PatternNode, PatternError } from './pattern-parser.ts';

/** One state of a deterministic automaton: at most one way on for each character. */
export interface AutomatonState {
  readonly moves: readonly { readonly set: CodePoints; readonly to: number }[];
  /** The text may end here. */
  readonly isEnd: boolean;
}

/** State 0 is the beginning. */
export type Automaton = readonly AutomatonState[];

const mostStates = 1000;
const mostNodes = 20_000;

interface Node {
  readonly free: number[];
  move?: { readonly set: CodePoints; readonly to: number };
}

/** Writes a pattern so that nothing can be read in two ways. Throws `PatternError` when that takes too much. */
export function determinise(pattern: PatternNode): Automaton {
  const nodes: Node[] = [];
  const end = addNode(nodes);
  const start = build(pattern, end, nodes);
  const known = new Map<string, number>();
  const sets: (readonly number[])[] = [];
  const numberOf = (positions: readonly number[]): number => {
    const reached = closure(positions, nodes);
    const key = reached.join();
    const number = known.get(key) ?? sets.push(reached) - 1;
    known.set(key, number);
    if (sets.length > mostStates) throw new PatternError('can be read in too many ways');
    return number;
  };
  numberOf([start]);
  const states: AutomatonState[] = [];
  // Grows while it is gone through.
  for (const reached of sets) {
    states.push({ moves: movesOf(reached, nodes, numberOf), isEnd: reached.includes(end) });
  }
  return states;
}

/** Whether the whole text is what the pattern describes; linear in its length. */
export function accepts(automaton: Automaton, text: string): boolean {
  let at = 0;
  for (const char of text) {
    const codePoint = char.codePointAt(0) ?? 0;
    const move = automaton[at]?.moves.find(({ set }) => holds(set, codePoint));
    if (move === undefined) return false;
    at = move.to;
  }
  return automaton[at]?.isEnd === true;
}

/** The same texts, but only those of so many characters; empty when there is none. */
export function withinLength(automaton: Automaton, { min, max }: LengthRange): Automaton {
  if (min === 0 && max === Infinity) return automaton;
  // Counting stops where more characters make no difference any more.
  const mostCounted = Number.isFinite(max) ? max : min;
  const known = new Map<string, number>();
  const pairs: { readonly state: number; readonly count: number }[] = [];
  const numberOf = (state: number, count: number): number => {
    const key = `${state.toString()}:${count.toString()}`;
    const number = known.get(key) ?? pairs.push({ state, count }) - 1;
    known.set(key, number);
    if (pairs.length > mostStates) throw new PatternError('can be read in too many ways');
    return number;
  };
  numberOf(0, 0);
  const counted: AutomatonState[] = [];
  for (const { state, count } of pairs) {
    const { moves, isEnd } = automaton[state] ?? { moves: [], isEnd: false };
    const isFull = count >= max;
    const next = Math.min(count + 1, mostCounted);
    counted.push({
      moves: isFull ? [] : moves.map(({ set, to }) => ({ set, to: numberOf(to, next) })),
      isEnd: isEnd && count >= min,
    });
  }
  return withoutDeadEnds(counted);
}

/** A model that went where no text can end would never finish. */
function withoutDeadEnds(automaton: Automaton): Automaton {
  const leads = new Set(automaton.keys().filter((index) => automaton[index]?.isEnd === true));
  for (let before = -1; before !== leads.size;) {
    before = leads.size;
    for (const [index, { moves }] of automaton.entries()) {
      if (moves.some(({ to }) => leads.has(to))) leads.add(index);
    }
  }
  if (!leads.has(0)) return [];
  return automaton.map(({ moves, isEnd }) => ({
    moves: moves.filter(({ to }) => leads.has(to)),
    isEnd,
  }));
}

function addNode(nodes: Node[], free: number[] = []): number {
  if (nodes.length >= mostNodes) throw new PatternError('repeats too much');
  return nodes.push({ free }) - 1;
}

/** Adds nodes that read `pattern` and then go to `next`; returns where they begin. */
function build(pattern: PatternNode, next: number, nodes: Node[]): number {
  switch (pattern.type) {
    case 'character': {
      const at = addNode(nodes);
      nodes[at] = { free: [], move: { set: pattern.set, to: next } };
      return at;
    }
    case 'sequence':
      return pattern.items.reduceRight((to, item) => build(item, to, nodes), next);
    case 'choice':
      return addNode(
        nodes,
        pattern.options.map((option) => build(option, next, nodes)),
      );
    case 'repeat':
      return buildRepeat(pattern, next, nodes);
  }
}

function buildRepeat(
  { item, min, max }: Extract<PatternNode, { type: 'repeat' }>,
  next: number,
  nodes: Node[],
): number {
  let at = next;
  if (Number.isFinite(max)) {
    for (let count = min; count < max; count += 1) {
      at = addNode(nodes, [build(item, at, nodes), next]);
    }
  } else {
    const loop = addNode(nodes);
    nodes[loop]?.free.push(build(item, loop, nodes), next);
    at = loop;
  }
  for (let count = 0; count < min; count += 1) at = build(item, at, nodes);
  return at;
}

function closure(positions: readonly number[], nodes: readonly Node[]): readonly number[] {
  const reached = new Set(positions);
  for (const position of reached) {
    for (const free of nodes[position]?.free ?? []) reached.add(free);
  }
  return [...reached].sort((a, b) => a - b);
}

/** Cuts the characters that lead on into ranges with one target each, and joins those of one target. */
function movesOf(
  reached: readonly number[],
  nodes: readonly Node[],
  numberOf: (positions: readonly number[]) => number,
): AutomatonState['moves'] {
  const moves = reached.flatMap((position) => nodes[position]?.move ?? []);
  const cuts = new Set(moves.flatMap(({ set }) => set.flatMap(([from, to]) => [from, to + 1])));
  const sorted = [...cuts].sort((a, b) => a - b);
  const targets = new Map<number, (readonly [number, number])[]>();
  for (const [index, from] of sorted.entries()) {
    const to = (sorted[index + 1] ?? 0) - 1;
    const next = moves.filter(({ set }) => holds(set, from)).map((move) => move.to);
    if (next.length === 0) continue;
    const target = numberOf(next);
    const ranges = targets.get(target) ?? [];
    targets.set(target, [...ranges, [from, to]]);
  }
  return [...targets].map(([to, set]) => ({ set: joined(set), to }));
}

function joined(ranges: CodePoints): CodePoints {
  const merged: (readonly [number, number])[] = [];
  for (const [from, to] of ranges) {
    const previous = merged.at(-1);
    if (previous?.[1] === from - 1) merged.splice(-1, 1, [previous[0], to]);
    else merged.push([from, to]);
  }
  return merged;
}

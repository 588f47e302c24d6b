import { expect } from 'vitest';
import { OutputSplitter, type SplitEvent, type SplitterOptions } from './output-splitter.ts';

const think = { open: '<think>', close: '</think>' };

/** A splitter of a model that thinks, calls in the form of Hermes, and numbers its calls. */
export function splitterFor(options: Partial<SplitterOptions> = {}): OutputSplitter {
  let calls = 0;
  return new OutputSplitter({
    toolFormat: 'hermes',
    reasoning: think,
    startsInReasoning: false,
    mustCall: false,
    stop: [],
    newToolCallId: () => `call_${++calls}`,
    ...options,
  });
}

interface Call {
  id: string | undefined;
  name: string | undefined;
  arguments: string;
}

/** What a client has at the end, whatever the pieces were. */
export interface Whole {
  text: string;
  reasoning: string;
  calls: Call[];
  stop: string | undefined;
  tokens: number[];
}

/** Puts the events together as a client would. */
export function gather(events: readonly SplitEvent[]): Whole {
  const whole: Whole = { text: '', reasoning: '', calls: [], stop: undefined, tokens: [] };
  for (const event of events) {
    if (event.type === 'stop') {
      whole.stop = event.sequence;
      continue;
    }
    whole.tokens.push(...event.tokens);
    if (event.type !== 'tool-call') {
      whole[event.type] += event.text;
      continue;
    }
    if (event.id !== undefined) {
      expect(event.index).toBe(whole.calls.length);
      whole.calls.push({ id: event.id, name: event.name, arguments: '' });
    }
    const call = whole.calls[event.index];
    if (call === undefined) throw new Error('a piece of a call that was never announced');
    call.arguments += event.argumentsDelta;
  }
  return whole;
}

/** Feeds the pieces, one id each, and checks that every id comes out once and in order. */
export function run(pieces: readonly string[], options: Partial<SplitterOptions> = {}): Whole {
  const splitter = splitterFor(options);
  const events: SplitEvent[] = [];
  const fed: number[] = [];
  for (const [id, piece] of pieces.entries()) {
    fed.push(id);
    events.push(...splitter.feed(piece, [id]));
    if (events.at(-1)?.type === 'stop') break;
  }
  events.push(...splitter.flush('ended'));
  const whole = gather(events);
  expect(whole.tokens).toEqual(fed);
  expect(splitter.isHolding).toBe(false);
  return whole;
}

/** The same numbers from 0 up to 1 for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function cutRandomly(text: string, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = Math.floor(random() * 6);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/** The result must be the same in one piece, by single characters and in random pieces. */
export function inAnyCut(
  output: string,
  options: Partial<SplitterOptions> = {},
): Omit<Whole, 'tokens'> {
  const { tokens: _, ...whole } = run([output], options);
  const random = seeded(output.length + 7);
  const cuts = [
    Array.from(output),
    ...Array.from({ length: 30 }, () => cutRandomly(output, random)),
  ];
  for (const pieces of cuts) {
    const { tokens: __, ...same } = run(pieces, options);
    expect(same, JSON.stringify(pieces)).toEqual(whole);
  }
  return whole;
}

/** What comes of an output without anything in it. */
export const nothing = { text: '', reasoning: '', calls: [], stop: undefined };

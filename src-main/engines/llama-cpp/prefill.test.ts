import type { Token } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { prefill } from './prefill.ts';
import type { PrefillSequence } from './prefill.ts';
import { StepGate } from './step-gate.ts';
import { StepPacer } from './step-pacer.ts';

interface FakeOptions {
  readonly held?: readonly Token[];
  /** The model can only go back to this many tokens. */
  readonly checkpoint?: number;
  readonly onChunk?: (tokens: number) => void;
}

class FakeSequence implements PrefillSequence {
  readonly options: FakeOptions;
  readonly chunks: number[] = [];
  checkpoints = 0;
  tokens: Token[];

  constructor(options: FakeOptions) {
    this.options = options;
    this.tokens = [...(options.held ?? [])];
  }

  get nextTokenIndex(): number {
    return this.tokens.length;
  }

  get needsCheckpoints(): boolean {
    return this.options.checkpoint !== undefined;
  }

  compareContextTokens(tokens: Token[]): { firstDifferentIndex: number } {
    const different = this.tokens.findIndex((token, index) => token !== tokens[index]);
    return { firstDifferentIndex: different === -1 ? this.tokens.length : different };
  }

  eraseContextTokenRanges([range]: { start: number; end: number }[]): Promise<void> {
    this.tokens = this.tokens.slice(0, range?.start);
    return Promise.resolve();
  }

  evaluateWithoutGeneratingNewTokens(tokens: Token[]): Promise<void> {
    this.chunks.push(tokens.length);
    this.tokens.push(...tokens);
    this.options.onChunk?.(this.tokens.length);
    return Promise.resolve();
  }

  getRestoreToPrefixIndexEvaluationSize(index: number): number {
    return this.options.checkpoint === undefined ? 0 : index + 1 - this.options.checkpoint;
  }

  takeCheckpoint(): Promise<void> {
    this.checkpoints += 1;
    return Promise.resolve();
  }
}

const ids = (from: number, to: number): Token[] =>
  Array.from({ length: to - from }, (_, index) => (from + index) as Token);

function read(
  sequence: FakeSequence,
  tokens: readonly Token[],
  signal = new AbortController().signal,
) {
  const pacer = new StepPacer({ monotonic: () => 0, largestChunkTokens: 16 });
  return prefill(sequence, tokens, { gate: new StepGate(), pacer, signal });
}

test('reads all but the last token, in chunks', async () => {
  const sequence = new FakeSequence({});
  expect(await read(sequence, ids(0, 40))).toBe(0);
  expect(sequence.tokens).toEqual(ids(0, 39));
  expect(sequence.chunks.length).toBeGreaterThan(2);
  expect(Math.max(...sequence.chunks)).toBeLessThanOrEqual(16);
});

test('keeps what the sequence holds already and reads only the rest', async () => {
  const sequence = new FakeSequence({ held: [...ids(0, 30), ...ids(900, 920)] });
  expect(await read(sequence, ids(0, 40))).toBe(30);
  expect(sequence.tokens).toEqual(ids(0, 39));
  expect(sequence.chunks.reduce((sum, chunk) => sum + chunk)).toBe(9);
});

test('evaluates the last token again when the whole prompt is held', async () => {
  const sequence = new FakeSequence({ held: ids(0, 50) });
  expect(await read(sequence, ids(0, 40))).toBe(39);
  expect(sequence.tokens).toEqual(ids(0, 39));
  expect(sequence.chunks).toEqual([]);
});

test('stops after the running chunk when aborted and keeps what was read', async () => {
  const stop = new AbortController();
  const sequence = new FakeSequence({
    onChunk: (held) => {
      if (held >= 20) stop.abort(new Error('gone'));
    },
  });
  await expect(read(sequence, ids(0, 400), stop.signal)).rejects.toThrow('gone');
  expect(sequence.tokens.length).toBeGreaterThanOrEqual(20);
  expect(sequence.tokens.length).toBeLessThan(60);
  expect(sequence.tokens).toEqual(ids(0, sequence.tokens.length));
});

test('goes back to a checkpoint where a model cannot drop single tokens', async () => {
  const sequence = new FakeSequence({ held: [...ids(0, 30), ...ids(900, 920)], checkpoint: 12 });
  expect(await read(sequence, ids(0, 40))).toBe(12);
  expect(sequence.tokens).toEqual(ids(0, 39));
  expect(sequence.checkpoints).toBe(1);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchItem, LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp';
import { describe, expect, test } from 'vitest';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { openBackend } from './backend.ts';
import { createBatchComposer } from './batch-composer.ts';
import type { ComposedBatch } from './batch-composer.ts';
import { queuedSequenceIds } from './library-internals.ts';
import { StepGate } from './step-gate.ts';

function item(tokens: number, evaluationPriority: BatchItem['evaluationPriority'] = 5): BatchItem {
  return {
    tokens: Array.from({ length: tokens }, (_, index) => index as Token),
    logits: tokens === 1 ? [true] : [],
    evaluationPriority,
  };
}

function composerFor(expectedItems: number, sequenceIds?: readonly number[]) {
  return createBatchComposer({
    expectedItems: () => expectedItems,
    sequenceIds: () => sequenceIds,
  });
}

describe('what goes into a batch', () => {
  test('waits for a running stream that has not queued again yet', () => {
    const compose = composerFor(2);
    const waiting = item(1);
    expect(compose({ items: [waiting], size: 8 })).toEqual([]);
    expect(compose({ items: [waiting, item(1)], size: 8 })).toHaveLength(2);
  });

  test('goes on without a stream that stays away', () => {
    const compose = composerFor(2);
    const waiting = item(1);
    const answers = Array.from({ length: 40 }, () => compose({ items: [waiting], size: 8 }).length);
    expect(answers.indexOf(1)).toBe(32);
  });

  test('gives every running stream its token before any prompt', () => {
    const prompt = item(100);
    const streams = [item(1), item(1)];
    const batch = composerFor(3)({ items: [prompt, ...streams], size: 10 });
    expect(new Map(batch.map((share) => [share.item, share.processAmount]))).toEqual(
      new Map([
        [prompt, 8],
        [streams[0], 1],
        [streams[1], 1],
      ]),
    );
  });

  test('shares the rest equally among prompts and passes on what a short one leaves', () => {
    const [long, short] = [item(100), item(3)];
    const batch = composerFor(2)({ items: [long, short], size: 20 });
    expect(new Map(batch.map((share) => [share.item, share.processAmount]))).toEqual(
      new Map([
        [short, 3],
        [long, 17],
      ]),
    );
  });

  test('tells a piece of a prompt from a running stream, even when it is one token long', () => {
    const batches: ComposedBatch[] = [];
    const compose = createBatchComposer({
      expectedItems: () => 2,
      sequenceIds: () => undefined,
      onBatch: (batch) => batches.push(batch),
    });
    compose({ items: [item(1), { ...item(1), logits: [] }], size: 8 });
    expect(batches).toEqual([{ promptTokens: 1, decodeTokens: 1 }]);
  });

  test('never takes more than the batch holds', () => {
    const items = [item(1), item(1), item(1), item(50)];
    const batch = composerFor(4)({ items, size: 2 });
    expect(batch.map((share) => share.processAmount)).toEqual([1, 1]);
  });

  test('orders by sequence id, which arrival does not', () => {
    const [third, first, second] = [item(1), item(1), item(1)];
    const batch = composerFor(3, [7, 0, 2])({ items: [third, first, second], size: 8 });
    expect(batch.map((share) => share.item)).toEqual([first, second, third]);
  });

  test('keeps the order of arrival when the library hides the ids', () => {
    const items = [item(1), item(1)];
    const batch = composerFor(2)({ items, size: 8 });
    expect(batch.map((share) => share.item)).toEqual(items);
  });
});

test('four streams of 200 tokens take about 200 batches, not 800', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-composer-'));
  const path = join(folder, 'random.gguf');
  writeRandomModel(path, tinyRandomModel);
  const { llama } = await openBackend({ maxThreads: 1, gpu: false });
  try {
    const model = await llama.loadModel({ modelPath: path });
    const gate = new StepGate();
    const batches: ComposedBatch[] = [];
    const holder: { context?: LlamaContext } = {};
    const context = await model.createContext({
      sequences: 4,
      contextSize: 512,
      threads: 1,
      batching: {
        itemPrioritizationStrategy: createBatchComposer({
          expectedItems: () => gate.expected,
          sequenceIds: () => queuedSequenceIds(holder.context),
          onBatch: (batch) => batches.push(batch),
        }),
      },
    });
    holder.context = context;
    const streams = [1, 2, 3, 4].map((seed) => stream(context.getSequence(), gate, seed));
    expect(await Promise.all(streams)).toEqual([200, 200, 200, 200]);
    expect(batches.reduce((sum, batch) => sum + batch.decodeTokens, 0)).toBe(800);
    expect(batches.length).toBeLessThan(210);
    expect(queuedSequenceIds(context)).toEqual([]);
  } finally {
    await llama.dispose();
    rmSync(folder, { recursive: true });
  }
});

async function stream(
  sequence: LlamaContextSequence,
  gate: StepGate,
  seed: number,
): Promise<number> {
  const start = sequence.model.tokenize('a');
  let tokens = 0;
  gate.enter();
  try {
    for await (const token of sequence.evaluate(start, {
      temperature: 1,
      seed,
      yieldEogToken: true,
    })) {
      expect(typeof token).toBe('number');
      tokens += 1;
      if (tokens === 200) break;
    }
  } finally {
    gate.leave();
  }
  return tokens;
}

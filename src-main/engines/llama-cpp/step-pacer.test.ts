import { expect, test } from 'vitest';
import { StepPacer } from './step-pacer.ts';

function pacerWithClock(largestChunkTokens = 512) {
  const clock = { ms: 0 };
  const pacer = new StepPacer({ monotonic: () => clock.ms, largestChunkTokens });
  return { clock, pacer };
}

/** Reads chunks as large as the pacer allows on a machine that needs `msPerToken`. */
function readChunks(
  { clock, pacer }: ReturnType<typeof pacerWithClock>,
  msPerToken: number,
  count: number,
): number[] {
  return Array.from({ length: count }, () => {
    const promptTokens = pacer.nextChunkTokens();
    pacer.batchStarted({ promptTokens, decodeTokens: 0 });
    clock.ms += promptTokens * msPerToken;
    pacer.promptStepEnded();
    return promptTokens;
  });
}

test('starts small and doubles at most, up to what fits the time', () => {
  const chunks = readChunks(pacerWithClock(), 1, 8);
  expect(chunks.slice(0, 4)).toEqual([8, 16, 32, 64]);
  expect(chunks.at(-1)).toBe(95);
});

test('keeps a step under 100 ms on a slow machine', () => {
  const chunks = readChunks(pacerWithClock(), 5, 6);
  expect(Math.max(...chunks) * 5).toBeLessThanOrEqual(100);
});

test('never exceeds the batch on a fast machine', () => {
  const chunks = readChunks(pacerWithClock(), 0.001, 12);
  expect(Math.max(...chunks)).toBe(512);
});

test('allows two decode steps where the model itself takes longer than the budget', () => {
  const { clock, pacer } = pacerWithClock();
  pacer.batchStarted({ promptTokens: 0, decodeTokens: 1 });
  clock.ms += 300;
  pacer.decodeStepEnded();
  expect(pacer.budgetMs).toBe(600);
});

test('does not take a step with a prompt in it for a decode step', () => {
  const { clock, pacer } = pacerWithClock();
  pacer.batchStarted({ promptTokens: 64, decodeTokens: 1 });
  clock.ms += 300;
  pacer.decodeStepEnded();
  expect(pacer.budgetMs).toBe(100);
});

test('lets prompts that are read at the same time share the step', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 8);
  subject.pacer.prefillStarted();
  const alone = subject.pacer.nextChunkTokens();
  subject.pacer.prefillStarted();
  expect(subject.pacer.nextChunkTokens()).toBe(Math.round(alone / 2));
  subject.pacer.prefillEnded();
  expect(subject.pacer.nextChunkTokens()).toBe(alone);
});

test('comes to rest where streams and prompt together take the wished time', () => {
  const { clock, pacer } = pacerWithClock();
  const chunks = Array.from({ length: 30 }, () => {
    const promptTokens = pacer.nextChunkTokens();
    pacer.batchStarted({ promptTokens, decodeTokens: 3 });
    clock.ms += 50 + 3 * promptTokens;
    pacer.promptStepEnded();
    return promptTokens;
  });
  expect(Math.max(...chunks.map((tokens) => 50 + 3 * tokens))).toBeLessThanOrEqual(100);
  expect(chunks.slice(-10).every((tokens) => tokens >= 14)).toBe(true);
});

test('does not drift from there while every step has the same size and a little noise', () => {
  const { clock, pacer } = pacerWithClock();
  const noise = [4, -3, 2, -4, 3, 0, -2];
  const chunks = Array.from({ length: 400 }, (_, index) => {
    const promptTokens = pacer.nextChunkTokens();
    pacer.batchStarted({ promptTokens, decodeTokens: 3 });
    clock.ms += 60 + 2.5 * promptTokens + (noise[index % noise.length] ?? 0);
    pacer.promptStepEnded();
    return promptTokens;
  });
  expect(Math.min(...chunks.slice(20))).toBeGreaterThanOrEqual(11);
});

test('keeps a whole tile of the attention while its step is not far above the budget', () => {
  const { clock, pacer } = pacerWithClock();
  const step = (ms: number): number => {
    const promptTokens = pacer.nextChunkTokens();
    pacer.batchStarted({ promptTokens, decodeTokens: 3 });
    clock.ms += ms;
    pacer.promptStepEnded();
    return promptTokens;
  };
  for (let count = 0; count < 4; count += 1) step(40);
  expect(step(120)).toBeGreaterThan(65);
  for (let count = 0; count < 6; count += 1) step(140);
  expect(step(140)).toBe(65);
  step(160);
  expect(pacer.nextChunkTokens()).toBeLessThan(65);
});

test('reads on, however long a step takes', () => {
  const subject = pacerWithClock();
  readChunks(subject, 200, 12);
  expect(subject.pacer.nextChunkTokens()).toBe(4);
  expect(readChunks(subject, 1, 20).at(-1)).toBeGreaterThan(60);
});

test('loses at most half of its pace to one step that was slow for other reasons', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 12);
  const before = subject.pacer.nextChunkTokens();
  readChunks(subject, 40, 1);
  expect(subject.pacer.nextChunkTokens()).toBe(Math.round(before / 2));
  expect(readChunks(subject, 1, 3).at(-1)).toBeGreaterThanOrEqual(before - 1);
});

test('judges a step once, however many prompts were read in it', () => {
  const { clock, pacer } = pacerWithClock();
  pacer.batchStarted({ promptTokens: 8, decodeTokens: 0 });
  clock.ms += 190;
  pacer.promptStepEnded();
  pacer.promptStepEnded();
  expect(pacer.nextChunkTokens()).toBe(4);
});

test('starts the next prompt as large as the last one could have gone on', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 8);
  const { pacer, clock } = subject;
  pacer.batchStarted({ promptTokens: 3, decodeTokens: 0 });
  clock.ms += 3;
  pacer.promptStepEnded();
  expect(pacer.nextChunkTokens()).toBeGreaterThan(60);
});

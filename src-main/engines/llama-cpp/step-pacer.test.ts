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
  expect(chunks.at(-1)).toBe(75);
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
  expect(subject.pacer.nextChunkTokens()).toBe(Math.floor(alone / 2));
  subject.pacer.prefillEnded();
  expect(subject.pacer.nextChunkTokens()).toBe(alone);
});

test('does not take the time of the streams beside it for the price of a prompt', () => {
  const { clock, pacer } = pacerWithClock();
  const step = (promptTokens: number): void => {
    pacer.batchStarted({ promptTokens, decodeTokens: 3 });
    clock.ms += 20 + promptTokens;
    if (promptTokens > 0) pacer.promptStepEnded();
    else pacer.decodeStepEnded();
  };
  step(0);
  for (let count = 0; count < 10; count += 1) step(pacer.nextChunkTokens());
  expect(pacer.nextChunkTokens()).toBe(55);
});

test('learns from a chunk of one token, so that it does not stay at that', () => {
  const subject = pacerWithClock();
  readChunks(subject, 200, 3);
  expect(subject.pacer.nextChunkTokens()).toBe(1);
  expect(readChunks(subject, 1, 20).at(-1)).toBeGreaterThan(60);
});

test('recovers from a step that was slow because the computer was busy', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 8);
  readChunks(subject, 40, 6);
  expect(subject.pacer.nextChunkTokens()).toBeLessThan(10);
  const chunks = readChunks(subject, 1, 12);
  expect(chunks.at(-1)).toBeGreaterThan(60);
});

test('does not read token by token where every step has to wait for the processor', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 8);
  const chunks = Array.from({ length: 40 }, () => {
    const promptTokens = subject.pacer.nextChunkTokens();
    subject.pacer.batchStarted({ promptTokens, decodeTokens: 0 });
    subject.clock.ms += 60 + promptTokens;
    subject.pacer.promptStepEnded();
    return promptTokens;
  });
  expect(Math.min(...chunks)).toBeGreaterThanOrEqual(10);
  expect(chunks.slice(-5).every((tokens) => 60 + tokens <= 100)).toBe(true);
});

test('starts the next prompt as large as the last one could have gone on', () => {
  const subject = pacerWithClock();
  readChunks(subject, 1, 8);
  const { pacer, clock } = subject;
  pacer.nextChunkTokens();
  pacer.batchStarted({ promptTokens: 3, decodeTokens: 0 });
  clock.ms += 3;
  pacer.promptStepEnded();
  expect(pacer.nextChunkTokens()).toBeGreaterThan(60);
});

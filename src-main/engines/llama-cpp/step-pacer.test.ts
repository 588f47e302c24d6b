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

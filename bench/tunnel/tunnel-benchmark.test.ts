import { expect, test } from 'vitest';
import {
  AnswerCheck,
  countedText,
  countedToken,
} from '../../src-main/testing/pool/counted-answer.ts';
import { readCounted } from './counted-stream.ts';
import { killMachines } from './lost-machines.ts';
import { startPool } from './pool-under-test.ts';

const never = new AbortController().signal;

function answerTo(prompt: string, indices: readonly number[]): string {
  return indices.map((index) => countedText(countedToken(prompt, index))).join('');
}

test('a counted answer is whole only with every token once and in order', () => {
  const whole = (text: string): boolean => {
    const check = new AnswerCheck('why');
    // Pieces are cut anywhere.
    for (const character of text) check.take(character);
    return check.isWhole(3);
  };
  expect(whole(answerTo('why', [0, 1, 2]))).toBe(true);
  expect(whole(answerTo('why', [0, 2]))).toBe(false);
  expect(whole(answerTo('why', [0, 1, 1, 2]))).toBe(false);
  expect(whole(answerTo('why', [0, 2, 1]))).toBe(false);
  expect(whole(answerTo('why', [0, 1]) + answerTo('how', [2]))).toBe(false);
});

test('the same engine answers with and without a tunnel, and both answers are checked', async () => {
  await using pool = await startPool();
  const far = { name: 'far', count: 2, slots: 2, model: 'far', tokensPerSecond: 0 };
  await using machines = await pool.machines(far);
  await machines.process.call('connect');
  await pool.gateway.call('untilMachines', 2);
  expect(await pool.gateway.call('tunnel')).toMatchObject({ sockets: 2, links: 2 });
  for (const model of ['near', 'far']) {
    const { arrivals, failure, isWhole } = await readCounted(pool.target, {
      ...{ model, prompt: `through ${model}`, tokens: 20 },
    });
    expect({ model, failure, isWhole }).toEqual({ model, failure: undefined, isWhole: true });
    expect(arrivals.length).toBeGreaterThan(0);
  }
});

test('answers of a killed machine are continued, and the pause is seen', async () => {
  const [kill] = await killMachines(1, never);
  expect(kill?.answers).toHaveLength(4);
  for (const answer of kill?.answers ?? []) {
    expect(answer.isWhole).toBe(true);
    // The gateway waits for the machine before it lets another one go on.
    expect(answer.longestGapMs).toBeGreaterThan(500);
  }
  expect(kill?.noticedMs).toBeGreaterThan(0);
});

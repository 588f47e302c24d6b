import { expect, test } from 'vitest';
import { createLeastBusy } from './baselines/balancing.ts';
import { contenders, heldOutSeeds, simulate, tuningSeeds } from './contenders.ts';
import { drawTrace } from './draw-trace.ts';
import { createExpectedTimePolicy } from './expected-time-policy.ts';
import { drawFleet } from './fleet.ts';
import { reusableTokens } from './oracle.ts';
import { Random } from './random.ts';
import { percentile } from '../support/stats.ts';

const reuse = (outcome: ReturnType<typeof simulate>) =>
  outcome.reusedTokens / outcome.reusableTokens;

test('the same seed gives the same run, and another seed another', () => {
  const runs = [1, 1, 2].map((seed) => {
    const { decisionMs: _, ...rest } = simulate('chat', seed, createExpectedTimePolicy);
    return rest;
  });
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]?.firstTokenMs).not.toEqual(runs[0]?.firstTokenMs);
});

test('every contender answers every request, and none reuses more than the oracle', () => {
  for (const create of contenders) {
    const outcome = simulate('mixed', 3, create);
    expect(outcome.firstTokenMs.length).toBeGreaterThan(200);
    expect(outcome.firstTokenMs.every((ms) => ms > 0 && Number.isFinite(ms))).toBe(true);
    expect(reuse(outcome)).toBeLessThanOrEqual(1);
  }
});

test('in chats our routing reuses most of what can be, and answers well before least-busy', () => {
  const ours = simulate('chat', 4, createExpectedTimePolicy);
  const theirs = simulate('chat', 4, createLeastBusy);
  expect(reuse(ours)).toBeGreaterThan(0.75);
  expect(reuse(ours)).toBeGreaterThan(1.5 * reuse(theirs));
  expect(percentile(ours.firstTokenMs, 0.9)).toBeLessThan(
    0.7 * percentile(theirs.firstTokenMs, 0.9),
  );
});

test('the oracle counts all of a conversation but what is new in each turn', () => {
  const random = new Random(5);
  const { conversations } = drawTrace('chat', drawFleet(random.fork(), { nodes: 2 }), random);
  const [first] = conversations;
  if (first === undefined) throw new Error('the trace is empty');
  const turns = first.turns.slice(0, 2);
  const [one, two] = turns;
  const before = [...(one?.added ?? []), ...(one ? [one.answer] : [])];
  const expected = before.reduce((sum, { tokens }) => sum + tokens, 0);
  expect(two).toBeDefined();
  expect(reusableTokens([{ ...first, turns }])).toBe(expected);
});

test('nothing was tuned on the seeds that are held out', () => {
  expect(heldOutSeeds).toHaveLength(3);
  expect(heldOutSeeds.filter((seed) => tuningSeeds.includes(seed))).toEqual([]);
});

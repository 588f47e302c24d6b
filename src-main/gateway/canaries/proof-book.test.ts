import { describe, expect, test } from 'vitest';
import { model, play } from '../../testing/canary-scene.ts';

describe('a verdict', () => {
  test.each([
    [['mismatch'], 'unverified'],
    [['mismatch', 'mismatch'], 'quarantined'],
    [['mismatch', 'match', 'mismatch'], 'quarantined'],
    [['mismatch', 'match', 'match', 'mismatch'], 'verified'],
    [['match'], 'unverified'],
    [['match', 'match'], 'verified'],
    [['match', 'match', 'match', 'mismatch', 'mismatch'], 'quarantined'],
    [['mismatch', 'mismatch', 'match', 'match', 'match'], 'quarantined'],
  ] as const)('after %j is %s', (findings, state) => {
    const { proofs } = play([]);
    const news = findings.map((finding) => proofs.note('m1', 'dd', finding, 'differs'));
    expect(proofs.of('m1', model).state).toBe(state);
    expect(news.filter(Boolean)).toHaveLength(state === 'quarantined' ? 1 : 0);
  });
});

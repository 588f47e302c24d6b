import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryTeamStores } from '../../testing/memory-team-stores.ts';
import { SubjectState } from './subject-state.ts';

test('a clock that was a year ahead leaves nobody with that year’s account', async () => {
  const { quotas: store } = createMemoryTeamStores().limits;
  const steady = createFakeClock(new Date(2026, 10, 22, 12).getTime());
  let aheadMs = 365 * 24 * 60 * 60_000;
  const clock = { ...steady, now: () => steady.now() + aheadMs };
  const state = new SubjectState({ kind: 'key', id: 'k' }, { store, clock, logger: silentLogger });
  expect(state.account('tokensPerMonth').period.name).toBe('2027-11');
  aheadMs = 0;
  expect(state.knownAccount('tokensPerMonth')).toBeUndefined();
  const account = state.account('tokensPerMonth');
  expect(account.period.name).toBe('2026-11');
  expect(state.account('tokensPerMonth')).toBe(account);
  await account.giveBack();
});

import { describe, expect, test } from 'vitest';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { createExpectedTime } from './expected-time/expected-time.ts';
import { machine, routerOver } from './scripted-machines.fixture.ts';
import { createStrategies } from './strategies.ts';
import type { StrategyName } from './strategies.ts';

function poolBy(nameOf: (poolId: string | undefined) => StrategyName) {
  const clock = createFakeClock();
  const expectedTime = createExpectedTime({ clock });
  const machines = ['a', 'b', 'c'].map((id, index) =>
    machine(id, {
      length: 2,
      offer: { slots: 4, weight: index === 0 ? 2 : 1, priority: index === 2 ? 0 : 1 },
      before: () => clock.sleep(100),
    }),
  );
  const fixture = routerOver(machines, {
    clock,
    strategyOf: createStrategies({ expectedTime, nameOf }),
    sent: (request, choice) => expectedTime.sent(request, choice),
  });
  const shares = async (count: number, pools = ['pool']) => {
    for (let index = 0; index < count; index += 1) {
      const answered = fixture.ask({ pools });
      await settle();
      await clock.advance(200);
      await answered;
    }
    return machines.map(({ calls }) => calls.length);
  };
  return { fixture, shares, clock, machines };
}

describe('the strategy that a pool’s owner chose', () => {
  test.each<[StrategyName, readonly number[]]>([
    ['round-robin', [4, 4, 4]],
    ['weighted', [6, 3, 3]],
    ['priority', [0, 0, 12]],
  ])('%s spreads twelve calls as %j', async (name, expected) => {
    expect(await poolBy(() => name).shares(12)).toEqual(expected);
  });

  test.each<StrategyName>(['sticky', 'expected-time'])('%s keeps a conversation', async (name) => {
    expect((await poolBy(() => name).shares(6)).toSorted()).toEqual([0, 0, 6]);
  });

  test('is each pool’s own, and changes with the next request', async () => {
    let chosen: StrategyName = 'priority';
    const { shares } = poolBy((poolId) => (poolId === 'pool' ? chosen : 'round-robin'));
    expect(await shares(3)).toEqual([0, 0, 3]);
    expect(await shares(3, ['other'])).toEqual([1, 1, 4]);
    chosen = 'round-robin';
    expect(await shares(3)).toEqual([2, 2, 5]);
  });

  test('takes turns among machines that have room', async () => {
    const { fixture, clock, machines } = poolBy(() => 'round-robin');
    machines[1]?.set({ busySlots: 4 });
    const answers = Array.from({ length: 4 }, () => fixture.ask());
    await settle();
    await clock.advance(200);
    await Promise.all(answers);
    expect(machines.map(({ calls }) => calls.length)).toEqual([2, 0, 2]);
  });
});

import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { randomSource } from '../../testing/random-source.ts';
import { createExpectedTime } from './expected-time/expected-time.ts';
import { lost, machine, routerOver, statusesOf } from './scripted-machines.fixture.ts';
import { createStrategies } from './strategies.ts';
import type { Machine, MachineCall, RouterFixture } from './scripted-machines.fixture.ts';

const answerMs = 1000;

/** Machines with so many slots whose answers take a second, and reports that are late. */
function pool(slots: readonly number[], isMeasured: boolean) {
  const clock = createFakeClock();
  const machines = slots.map((count, index) =>
    machine(`m${index.toString()}`, {
      length: 2,
      offer: { slots: count, rates: { prefillPerSecond: 1000, decodePerSecond: 50 } },
      before: (at) => (at === 1 ? clock.sleep(answerMs) : undefined),
    }),
  );
  const ranking = createExpectedTime({ clock });
  const fixture = routerOver(machines, {
    clock,
    ...(isMeasured && {
      strategyOf: createStrategies({ expectedTime: ranking, nameOf: () => 'expected-time' }),
      sent: (request, choice) => ranking.sent(request, choice),
    }),
  });
  return { clock, machines, fixture };
}

/** Every half second each machine tells how busy it is. */
async function report(machines: readonly Machine[], fixture: RouterFixture): Promise<void> {
  for (const each of machines) each.set({ busySlots: each.running });
  fixture.changed();
  await settle();
}

describe.each([
  ['least busy', false],
  ['expected time', true],
])('E17: seventy calls at concurrency seven, by %s', (_name, isMeasured) => {
  test('are spread 1:2:4 within 15 %, and no machine gets more than it has slots', async () => {
    const { clock, machines, fixture } = pool([1, 2, 4], isMeasured);
    let left = 70;
    const client = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await fixture.ask();
      }
    };
    const done = Promise.all(Array.from({ length: 7 }, client));
    for (let tick = 0; tick < 60; tick += 1) {
      await clock.advance(500);
      await report(machines, fixture);
    }
    await done;
    expect(machines.map(({ mostRunning }) => mostRunning)).toEqual([1, 2, 4]);
    for (const { calls, upstream } of machines) {
      const fair = 10 * (upstream.offer?.slots ?? 0);
      expect(calls.length).toBeGreaterThanOrEqual(0.85 * fair);
      expect(calls.length).toBeLessThanOrEqual(1.15 * fair);
    }
  });

  test('the eighth waits in line, is told so, and comes next', async () => {
    const { clock, fixture } = pool([1, 2, 4], isMeasured);
    const first = Array.from({ length: 7 }, () => fixture.ask());
    await settle();
    const eighth = fixture.ask();
    await settle();
    expect(fixture.router.load()).toEqual({ answering: 7, waiting: 1 });
    await clock.advance(answerMs);
    await Promise.all(first);
    await clock.advance(answerMs);
    const chunks = await eighth;
    expect(statusesOf(chunks)[0]).toMatchObject({ phase: 'queued', position: 1 });
    expect(chunks.at(-1)).toMatchObject({ timings: { queuedMs: answerMs } });
    expect(fixture.decisions.at(-1)?.queuedMs).toBe(answerMs);
  });
});

describe('slots that somebody else uses', () => {
  test('are left alone', async () => {
    const { clock, machines, fixture } = pool([2], false);
    machines[0]?.set({ busySlots: 1 });
    const answers = [fixture.ask(), fixture.ask()];
    await settle();
    expect(fixture.router.load()).toEqual({ answering: 1, waiting: 1 });
    machines[0]?.set({ busySlots: 0 });
    await report(machines, fixture);
    await clock.advance(answerMs);
    await clock.advance(answerMs);
    await Promise.all(answers);
    expect(machines[0]?.calls).toHaveLength(2);
  });

  test('a report from before an answer ended blocks nobody', async () => {
    const { clock, machines, fixture } = pool([1], false);
    const first = fixture.ask();
    await settle();
    machines[0]?.set({ busySlots: 1 });
    fixture.changed();
    const second = fixture.ask();
    await clock.advance(answerMs);
    await first;
    await clock.advance(answerMs);
    await second;
    expect(machines[0]?.calls).toHaveLength(2);
  });

  test.each([
    ['full after all', {}],
    ['full of what others of its pools ask', { reason: 'no-slot' }],
    ['at its owner’s limit', { reason: 'owner-limits', retryAfterMs: 1000 }],
  ])('a machine that is %s is asked again after a rest', async (_why, details) => {
    const clock = createFakeClock();
    const only = machine('a', {
      first: ({ number }) => {
        if (number === 0) throw new MillpondError('overloaded', 'Not now', details);
      },
    });
    const { ask } = routerOver([only], { clock });
    const answered = ask();
    await clock.advance(1000);
    expect(statusesOf(await answered)).toMatchObject([{ phase: 'queued', position: 1 }]);
    expect(only.calls).toHaveLength(2);
  });

  test('a machine whose owner does not want it at all is not', async () => {
    const only = machine('a', {
      first: () => {
        throw new MillpondError('overloaded', 'Paused', { reason: 'owner-limits' });
      },
    });
    const { ask } = routerOver([only]);
    await expect(ask()).rejects.toMatchObject({ reason: 'owner-limits' });
    expect(only.calls).toHaveLength(1);
  });

  test('the line ends with the last machine', async () => {
    const { fixture, machines, clock } = pool([1], false);
    const first = fixture.ask();
    await settle();
    const second = fixture.ask();
    await settle();
    machines[0]?.set({ state: { phase: 'draining' } });
    const refused = expect(second).rejects.toMatchObject({ code: 'unavailable' });
    fixture.changed();
    await refused;
    await clock.advance(answerMs);
    await first;
  });
});

describe('after 1,000 random ends', () => {
  test('no slot, place in line, timer or listener is left', async () => {
    const random = randomSource(11);
    const chance = (share: number): boolean => (random() + 1) / 2 < share;
    const clock = createFakeClock();
    const before = async (_index: number, { options }: MachineCall): Promise<void> => {
      if (chance(0.04)) throw lost();
      if (chance(0.02)) throw new MillpondError('overloaded', 'x', { reason: 'preempted' });
      if (chance(0.5)) await clock.sleep(1 + 100 * Math.abs(random()), options.signal);
    };
    const machines = [1, 2, 3].map((slots) =>
      machine(`m${slots.toString()}`, { length: 12, offer: { slots }, before }),
    );
    const { ask, router, changed } = routerOver(machines, { clock });
    const endings = new Map<string, number>();
    const count = (ending: string): void =>
      void endings.set(ending, (endings.get(ending) ?? 0) + 1);
    for (let batch = 0; batch < 50; batch += 1) {
      const running = Array.from({ length: 20 }, async () => {
        const leave = new AbortController();
        if (chance(0.6)) {
          clock.after(400 * Math.abs(random()), () => {
            leave.abort(new MillpondError('cancelled', 'left'));
          });
        }
        await ask({ caller: `c${Math.floor(3 * random()).toString()}` }, leave.signal).then(
          () => count('done'),
          (error: unknown) => count(MillpondError.from(error).code),
        );
      });
      for (let tick = 0; tick < 12; tick += 1) {
        await clock.advance(100);
        changed();
      }
      await clock.advance(600_000);
      await Promise.all(running);
    }
    expect([...endings.values()].reduce((sum, each) => sum + each)).toBe(1000);
    expect(endings.get('done')).toBeGreaterThan(100);
    expect(endings.get('cancelled')).toBeGreaterThan(100);
    expect(router.load()).toEqual({ answering: 0, waiting: 0 });
    expect(machines.map(({ running }) => running)).toEqual([0, 0, 0]);
    expect(clock.waiting).toBe(0);
    expect(machines.every((each) => each.mostRunning <= (each.upstream.offer?.slots ?? 0))).toBe(
      true,
    );
  });
});

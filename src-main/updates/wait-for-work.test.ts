import { expect, test } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { waitForWork } from './wait-for-work.ts';

function waiting(counts: { now: number }) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const hurry = new AbortController();
  const told: number[] = [];
  const work = { count: () => counts.now, finishShared: () => Promise.reject(new Error('unused')) };
  const done = waitForWork(work, clock, {
    ...{ signal: stop.signal, hurry: hurry.signal, limitMs: 60_000 },
    onWaiting: (answers) => told.push(answers),
  });
  return { clock, stop, hurry, told, done };
}

test('UPDATE: waits as long as answers run, and says how many', async () => {
  const counts = { now: 2 };
  const { clock, told, done } = waiting(counts);
  await clock.advance(1000);
  counts.now = 1;
  await clock.advance(1000);
  expect(told).toEqual([2, 1]);
  counts.now = 0;
  await clock.advance(1000);
  await expect(done).resolves.toBeUndefined();
});

test('UPDATE: an answer without end is waited for only so long, or as long as a person wants', async () => {
  const patient = waiting({ now: 1 });
  await patient.clock.advance(61_000);
  await expect(patient.done).resolves.toBeUndefined();
  const hurried = waiting({ now: 1 });
  hurried.hurry.abort();
  await expect(hurried.done).resolves.toBeUndefined();
});

test('UPDATE: cancelling ends the wait with its reason', async () => {
  const { stop, done } = waiting({ now: 1 });
  stop.abort(new Error('cancelled'));
  await expect(done).rejects.toThrow('cancelled');
});

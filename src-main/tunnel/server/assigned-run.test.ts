import { expect, test } from 'vitest';
import type { Clock } from '../../core/clock.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { encodeRequest } from '../wire/request-codec.ts';
import { AssignedRun, defaultPatience } from './assigned-run.ts';
import { createCounters } from './counters.ts';

const acceptWithinMs = 2_000;

function assign(clock: Clock) {
  const over: number[] = [];
  const run = new AssignedRun({
    clock,
    counters: createCounters(),
    requestId: 'r1',
    modelId: 'count',
    machine: 'Attic',
    body: encodeRequest(chatRequest('Count')),
    acceptWithinMs,
    patience: defaultPatience,
    canMoveOn: undefined,
    sendCancel() {},
    onHeard() {},
    onOver: () => over.push(clock.monotonic()),
  });
  return { run, over };
}

test('a machine that does not take the request in time is told apart from a failed one', async () => {
  const clock = createFakeClock();
  const { over, run } = assign(clock);
  const answer = run.answer[Symbol.asyncIterator]().next();
  const refused = expect(answer).rejects.toMatchObject({ reason: 'not-accepted' });
  await clock.advance(acceptWithinMs);
  await refused;
  expect(over).toEqual([acceptWithinMs]);
});

test('a gateway that was too busy to hear the machine gives it that time back, once', async () => {
  const clock = createFakeClock();
  const busyMs = 700;
  const late: Clock = { ...clock, after: (ms, task) => clock.after(ms + busyMs, task) };
  const { over } = assign(late);
  await clock.advance(acceptWithinMs + busyMs);
  expect(over).toEqual([]);
  await clock.advance(60_000);
  expect(over).toEqual([acceptWithinMs + busyMs + busyMs + busyMs]);
});

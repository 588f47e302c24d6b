import { expect, test } from 'vitest';
import { AsyncQueue } from '../../core/async/async-queue.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { nudged, watched } from './watched-stream.ts';

const patienceMs = 1000;

function watch() {
  const clock = createFakeClock();
  const stop = new AbortController();
  const source = new AsyncQueue<number>(100);
  let heardAt = 0;
  let nudge: () => void = () => {};
  const stream = watched(source, {
    signal: stop.signal,
    clock,
    dueAt: () => heardAt + patienceMs,
    onOverdue: () => new Error('too late'),
    onNudge: (listener) => {
      nudge = listener;
      return () => {
        nudge = () => {};
      };
    },
  });
  const next = async () => {
    const { value } = await stream.next();
    heardAt = clock.monotonic();
    return value;
  };
  return {
    ...{ clock, stop, source, stream, next },
    nudge: () => {
      nudge();
    },
  };
}

test('patience begins anew with each item, also when many have come', async () => {
  const { clock, source, next } = watch();
  for (const item of [1, 2, 3]) {
    const coming = next();
    await clock.advance(900);
    await source.push(item);
    expect(await coming).toBe(item);
  }
  const late = next().catch((error: unknown) => error);
  await clock.advance(999);
  expect(clock.waiting).toBe(1);
  await clock.advance(1);
  expect(await late).toEqual(new Error('too late'));
  expect(clock.waiting).toBe(0);
});

test('patience that has become shorter counts at once', async () => {
  const clock = createFakeClock();
  const source = new AsyncQueue<number>(100);
  let dueAt = 60_000;
  const stream = watched(source, {
    ...{ clock, signal: new AbortController().signal, dueAt: () => dueAt },
    onOverdue: () => new Error('too late'),
  });
  const first = stream.next();
  await source.push(1);
  await first;
  dueAt = 100;
  const late = stream.next().catch((error: unknown) => error);
  await clock.advance(100);
  expect(await late).toEqual(new Error('too late'));
});

test('a thousand items need one timer', async () => {
  const { clock, source, next } = watch();
  let made = 0;
  const after = clock.after.bind(clock);
  clock.after = (ms, run) => {
    made += 1;
    return after(ms, run);
  };
  for (let item = 0; item < 1000; item += 1) {
    const coming = next();
    await source.push(item);
    expect(await coming).toBe(item);
  }
  expect(made).toBe(1);
});

test('an item that comes while its reader looks at a nudge is not left behind', async () => {
  const { source, next, nudge } = watch();
  const coming = next();
  nudge();
  expect(await coming).toBe(nudged);
  await source.push(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await next()).toBe(1);
});

test('a reader who leaves and a reason to stop both close a stalled source and leave no timer', async () => {
  for (const how of ['leaves', 'stops'] as const) {
    const clock = createFakeClock();
    const stop = new AbortController();
    let closed = 0;
    const source: AsyncIterableIterator<number> = {
      [Symbol.asyncIterator]: () => source,
      next: () => new Promise(() => {}),
      return: () => {
        closed += 1;
        return new Promise(() => {});
      },
    };
    const stream = watched(source, {
      ...{ clock, signal: stop.signal, dueAt: () => patienceMs },
      onOverdue: () => undefined,
    });
    const waiting = stream.next().catch((error: unknown) => error);
    expect(clock.waiting).toBe(1);
    if (how === 'leaves') await stream.return?.();
    stop.abort(new Error('enough'));
    if (how === 'stops') expect(await waiting).toEqual(new Error('enough'));
    expect({ closed, timers: clock.waiting }).toEqual({ closed: 1, timers: 0 });
  }
});

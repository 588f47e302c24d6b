import { expect, test } from 'vitest';
import { createFrameBatch } from './frame-batch.ts';

function fakeFrames() {
  let waiting: (() => void)[] = [];
  return {
    schedule: (work: () => void) => {
      waiting.push(work);
      return () => {
        waiting = waiting.filter((other) => other !== work);
      };
    },
    draw: () => {
      const due = waiting;
      waiting = [];
      for (const work of due) work();
    },
    pending: () => waiting.length,
  };
}

test('everything that arrives within a frame is handed over once, in order', () => {
  const frames = fakeFrames();
  const seen: (readonly number[])[] = [];
  const batch = createFrameBatch<number>((items) => seen.push(items), frames.schedule);
  batch.push(1);
  batch.push(2);
  expect(seen).toEqual([]);
  expect(frames.pending()).toBe(1);
  frames.draw();
  batch.push(3);
  frames.draw();
  expect(seen).toEqual([[1, 2], [3]]);
});

test('flushing hands over at once and leaves nothing for the frame', () => {
  const frames = fakeFrames();
  const seen: (readonly number[])[] = [];
  const batch = createFrameBatch<number>((items) => seen.push(items), frames.schedule);
  batch.push(1);
  batch.flush();
  batch.flush();
  frames.draw();
  expect(seen).toEqual([[1]]);
});

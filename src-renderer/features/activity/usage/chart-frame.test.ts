import { expect, test } from 'vitest';
import { frameOf } from './chart-frame.ts';

test('bars stand inside the frame, never over each other, however many there are', () => {
  for (const [width, count] of [
    [900, 14],
    [320, 14],
    [320, 168],
    [1100, 90],
  ] as const) {
    const frame = frameOf({ width, count, ticks: [0, 1] });
    expect(frame.xOf(0)).toBeGreaterThanOrEqual(frame.left);
    expect(frame.xOf(count - 1) + frame.barWidth).toBeLessThanOrEqual(width + 0.01);
    expect(frame.xOf(1) - frame.xOf(0)).toBeGreaterThanOrEqual(frame.barWidth - 0.01);
  }
});

test('the pointer reads the bar that it is on, and nothing beside the chart', () => {
  const frame = frameOf({ width: 500, count: 4, ticks: [0, 1] });
  for (const index of [0, 1, 2, 3]) {
    expect(frame.indexAt(frame.xOf(index) + frame.barWidth / 2)).toBe(index);
  }
  expect(frame.indexAt(0)).toBeUndefined();
  expect(frame.indexAt(501)).toBeUndefined();
});

test('nothing is as high as the ground, and amounts below one have their height', () => {
  const frame = frameOf({ width: 500, count: 4, ticks: [0, 0.5] });
  expect(frame.yOf(0)).toBeGreaterThan(frame.yOf(0.25));
  expect(frame.yOf(0.5)).toBe(frame.top);
});

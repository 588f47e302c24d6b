import { expect, test } from 'vitest';
import type { SlotContents } from '../core/node.ts';
import { HeldSlots } from './held-slots.ts';

const marks = ['1.1'];
const slot = (index: number, heldTokens: number, modelId = 'm'): SlotContents => ({
  ...{ modelId, slot: index, marks, heldTokens },
});

test('slots that hold what they held are the same array, however often they are listed anew', () => {
  const held = new HeldSlots();
  const first = held.of('m', [slot(0, 5), slot(0, 9, 'other'), slot(1, 7)]);
  expect(first).toEqual([slot(0, 5), slot(1, 7)]);
  expect(held.of('m', [slot(0, 5), slot(0, 1, 'other'), slot(1, 7)])).toBe(first);
  expect(held.of('none', [])).toBe(held.of('none', []));
});

test('a slot that holds something else makes a new array, in which the others are the same', () => {
  const held = new HeldSlots();
  const first = held.of('m', [slot(0, 5), slot(1, 7)]);
  const next = held.of('m', [slot(0, 5), slot(1, 8)]);
  expect(next).not.toBe(first);
  expect(next[0]).toBe(first[0]);
  expect(next[1]?.heldTokens).toBe(8);
  expect(held.of('m', [])).toEqual([]);
});

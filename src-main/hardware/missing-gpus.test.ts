import { expect, test } from 'vitest';
import type { GpuFacts } from '../core/hardware.ts';
import { keepMissing } from './missing-gpus.ts';

const card = (name: string): GpuFacts => ({ name, vendor: 'nvidia', isMissing: false });
const [a, b] = [card('RTX 3090'), card('RTX 3060')];

test('a card that vanished keeps its place and is marked', () => {
  expect(keepMissing([a, b], [b])).toEqual([{ ...a, isMissing: true }, b]);
});

test('a card that came back is itself again, with the newest facts', () => {
  const gone = keepMissing([a, b], []);
  const newDriver = { ...b, driver: '560' };
  expect(keepMissing(gone, [newDriver, a])).toEqual([a, newDriver]);
});

test('two cards of one name are two cards', () => {
  expect(keepMissing([a, a], [a])).toEqual([a, { ...a, isMissing: true }]);
});

test('a new card comes last', () => {
  expect(keepMissing([a], [b, a])).toEqual([a, b]);
});

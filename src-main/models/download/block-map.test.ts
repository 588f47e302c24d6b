import { expect, test } from 'vitest';
import { BlockMap } from './block-map.ts';

test('claims missing blocks in a row, each by one range only', () => {
  const map = new BlockMap(95, 10);
  expect(map.claim(3)).toEqual({ start: 0, end: 30 });
  expect(map.claim(100)).toEqual({ start: 30, end: 95 });
  expect(map.claim(1)).toBeUndefined();
});

test('a range goes on in the middle of a block and stops before one that has begun', () => {
  const map = new BlockMap(50, 10);
  map.setReceived(0, 4);
  map.setReceived(2, 1);
  expect(map.claim(5)).toEqual({ start: 4, end: 20 });
  expect(map.claim(5)).toEqual({ start: 21, end: 50 });
});

test('says which blocks became full, over several blocks and up to the short last one', () => {
  const map = new BlockMap(25, 10);
  expect(map.advance(0, 4)).toEqual([]);
  expect(map.advance(4, 22)).toEqual([0, 1]);
  expect(map.doneBytes).toBe(22);
  expect(map.advance(22, 25)).toEqual([2]);
  expect(map.isComplete).toBe(true);
});

test('what is left of a claim can be claimed again', () => {
  const map = new BlockMap(40, 10);
  const span = map.claim(4);
  map.advance(0, 15);
  if (span !== undefined) map.release(span);
  expect(map.claim(4)).toEqual({ start: 15, end: 40 });
});

test('finds the next missing bytes from anywhere', () => {
  const map = new BlockMap(30, 10);
  map.setReceived(0, 10);
  map.setReceived(1, 3);
  expect(map.missingFrom(0)).toEqual({ start: 13, end: 20 });
  expect(map.missingFrom(20)).toEqual({ start: 20, end: 30 });
  map.setReceived(2, 10);
  expect(map.missingFrom(20)).toBeUndefined();
});

test('knows which blocks have begun and were never checked', () => {
  const map = new BlockMap(30, 10);
  map.advance(0, 15);
  expect([...map.unchecked]).toEqual([0, 1]);
  map.setCheck(0, 'aaaaaaaa');
  expect([...map.unchecked]).toEqual([1]);
  map.setReceived(0, 0);
  expect(map.checkOf(0)).toBeUndefined();
  expect(map.doneBytes).toBe(5);
});

test('suspects come first', () => {
  const map = new BlockMap(40, 10);
  map.markSuspect(2);
  expect(map.bySuspicion()).toEqual([2, 0, 1, 3]);
});

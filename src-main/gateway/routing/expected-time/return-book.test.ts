import { expect, test } from 'vitest';
import { ReturnBook } from './return-book.ts';

/** Conversations that each come back so late, one after the other. */
function bookOf(awayMs: number, count = 50): ReturnBook {
  const book = new ReturnBook();
  for (let index = 0; index < count; index += 1) {
    const at = index * 1000;
    book.left(String(index), 'fresh', at);
    expect(book.asked(['none', String(index)], at + awayMs)).toBe(true);
  }
  return book;
}

test('the longer somebody has been away, the less likely is a return', () => {
  const book = new ReturnBook();
  const chances = [0, 30_000, 120_000, 600_000].map((ageMs) => book.chance('continued', ageMs));
  expect(chances).toEqual(chances.toSorted((a, b) => b - a));
  expect(chances[0]).toBeGreaterThan(0.9);
  expect(chances[0]).toBeLessThan(1);
  expect(chances[3]).toBeLessThan(0.05);
});

test('where people come back soon, who has not come back for long is given up sooner', () => {
  const [quick, slow] = [bookOf(10_000), bookOf(150_000)];
  expect(quick.chance('fresh', 100_000)).toBeLessThan(0.2);
  expect(slow.chance('fresh', 100_000)).toBeGreaterThan(0.5);
  expect(quick.chance('fresh', 0)).toBeCloseTo(slow.chance('fresh', 0), 6);
});

test('where nobody comes back, little is worth sparing', () => {
  const book = new ReturnBook();
  for (let index = 0; index < 200; index += 1) book.left(String(index), 'fresh', index * 200_000);
  expect(book.chance('fresh', 0)).toBeLessThan(0.1);
  expect(book.chance('continued', 0)).toBeGreaterThan(0.9);
});

test('a prompt comes back once', () => {
  const book = new ReturnBook();
  book.left('a', 'fresh', 0);
  const left = book.get('a');
  expect(book.asked(['a'], 5000)).toBe(true);
  expect(left?.isBack).toBe(true);
  expect(book.asked(['a'], 6000)).toBe(false);
});

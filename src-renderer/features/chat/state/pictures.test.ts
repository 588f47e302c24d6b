import { expect, test } from 'vitest';
import { createPictureShelf } from './pictures.ts';

/** A runtime that notes what it was asked for. */
function openShelf(limit?: number) {
  const asked: string[] = [];
  let isBroken = false;
  const load = (id: string) => {
    asked.push(id);
    return isBroken ? Promise.reject(new Error('gone')) : Promise.resolve(`data:${id}`);
  };
  const setBroken = (value: boolean) => {
    isBroken = value;
  };
  return { shelf: createPictureShelf(load, limit), asked, setBroken };
}

test('asks once for a picture that is shown in several places', async () => {
  const { shelf, asked } = openShelf();
  const both = await Promise.all([shelf.fetch('a'), shelf.fetch('a')]);
  expect(both).toEqual(['data:a', 'data:a']);
  expect(shelf.peek('a')).toBe('data:a');
  expect(asked).toEqual(['a']);
});

test('keeps those that were wanted last', async () => {
  const { shelf, asked } = openShelf(2);
  for (const id of ['a', 'b', 'a', 'c']) await shelf.fetch(id);
  expect(['a', 'b', 'c'].map(shelf.peek)).toEqual(['data:a', undefined, 'data:c']);
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('asks again after a failure', async () => {
  const { shelf, setBroken } = openShelf();
  setBroken(true);
  await expect(shelf.fetch('a')).rejects.toThrow('gone');
  setBroken(false);
  expect(await shelf.fetch('a')).toBe('data:a');
});

import { expect, test } from 'vitest';
import { createToldLast } from './told-last.ts';

function openOne() {
  const { answer, told } = createToldLast();
  const shown: string[] = [];
  const show = (text: string) => {
    shown.push(text);
  };
  return { answer, told, shown, show };
}

test('an answer that comes after later news does not hide them', async () => {
  const { answer, told, shown, show } = openOne();
  const { promise, resolve } = Promise.withResolvers<string>();
  const asked = answer(promise, show);
  told(() => {
    show('light');
  });
  resolve('dark');
  await asked;
  expect(shown).toEqual(['light', 'dark', 'light']);
});

test('news from before the question are not shown again', async () => {
  const { answer, told, shown, show } = openOne();
  told(() => {
    show('light');
  });
  await answer(Promise.resolve('dark'), show);
  expect(shown).toEqual(['light', 'dark']);
});

test('a question that fails rejects, shows nothing, and is forgotten', async () => {
  const { answer, told, shown, show } = openOne();
  await expect(answer(Promise.reject(new Error('away')), show)).rejects.toThrow('away');
  told(() => {
    show('light');
  });
  expect(shown).toEqual(['light']);
});

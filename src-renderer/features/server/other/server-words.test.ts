import { expect, test } from 'vitest';
import { changeIn, hiddenAfter, isResting, keysIn } from './server-words.ts';

const models = [
  { upstreamName: 'a', id: 'a', isOffered: true, runsElsewhere: false },
  { upstreamName: 'b', id: 'b', isOffered: false, runsElsewhere: true },
];

test('switching one model leaves the others as they are', () => {
  expect(hiddenAfter(models, 'a', false)).toEqual(['a', 'b']);
  expect(hiddenAfter(models, 'b', true)).toEqual([]);
});

test('a key rests until its time has come', () => {
  expect(isResting({ coolsUntil: 11 }, 10)).toBe(true);
  expect(isResting({ coolsUntil: 10 }, 10)).toBe(false);
  expect(isResting({}, 10)).toBe(false);
});

test('keys are taken line by line, each once', () => {
  expect(keysIn(' sk-a \n\nsk-b\nsk-a')).toEqual(['sk-a', 'sk-b']);
  expect(keysIn('  ')).toEqual([]);
});

test('keys change only when new ones were typed or all are to be forgotten', () => {
  const draft = { url: ' http://nas:11434 ', name: ' ', keys: '', dropsKeys: false };
  expect(changeIn(draft)).toEqual({ url: 'http://nas:11434' });
  expect(changeIn({ ...draft, keys: 'sk-a' })).toMatchObject({ keys: ['sk-a'] });
  expect(changeIn({ ...draft, keys: 'sk-a', dropsKeys: true })).toMatchObject({ keys: [] });
});

import { expect, test } from 'vitest';
import { newProvider, providerDraftOf, providerProblem } from './provider-draft.ts';

const groq = {
  ...({ id: 'groq', name: 'Groq', dialect: 'openai', needsKey: true } as const),
  baseUrl: 'https://api.groq.test/v1',
};
const custom = { id: 'custom', name: 'Other', dialect: 'openai', needsKey: false } as const;

test('a preset that needs a key is not asked without one', () => {
  const draft = providerDraftOf(groq);
  expect(providerProblem(draft, groq)).toBe('key');
  expect(providerProblem({ ...draft, keys: 'gsk_1' }, groq)).toBeUndefined();
});

test('an address of one’s own has to be typed, and is sent only then', () => {
  const draft = providerDraftOf(custom);
  expect(providerProblem(draft, custom)).toBe('url');
  const typed = { ...draft, baseUrl: ' http://nas:8000/v1 ', name: 'nas' };
  expect(newProvider(typed, custom)).toEqual({
    ...{ preset: 'custom', keys: [], access: 'owner' },
    ...{ name: 'nas', baseUrl: 'http://nas:8000/v1' },
  });
  expect(newProvider({ ...providerDraftOf(groq), keys: 'a\nb a' }, groq)).toEqual({
    ...{ preset: 'groq', keys: ['a', 'b'], access: 'owner' },
  });
});

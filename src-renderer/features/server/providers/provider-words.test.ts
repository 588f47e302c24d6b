import { expect, test } from 'vitest';
import type { Provider, ProviderKey } from '../../../api.ts';
import { canReset, needsHand, reasonOf, servedAfter, standingOf } from './provider-words.ts';

const ready: ProviderKey = { id: 'k1', shown: 'sk-…1', state: { phase: 'ready' } };
const refused: ProviderKey = {
  ...ready,
  state: { phase: 'refused', since: 1, reason: 'It does not know this key' },
};
const cooling: ProviderKey = {
  ...ready,
  state: { phase: 'cooling', until: 2, reason: 'It asked for a pause' },
};

function provider(change: Partial<Provider>): Provider {
  return {
    ...{ id: 'p', name: 'groq', preset: 'groq', dialect: 'openai', baseUrl: 'https://x.test' },
    ...{ access: 'owner', isEnabled: true, source: 'database', keys: [ready], models: [] },
    ...{ state: { phase: 'ok', since: 1 }, createdAt: 1 },
    ...change,
  };
}

test('a provider that answers is not well when none of its keys may ask', () => {
  expect(standingOf(provider({ keys: [refused] }))).toBe('noKey');
  expect(reasonOf(provider({ keys: [refused] }))).toBe('It does not know this key');
  expect(standingOf(provider({ keys: [cooling, refused] }))).toBe('resting');
});

test('one good key is enough', () => {
  const mixed = provider({ keys: [refused, ready] });
  expect(standingOf(mixed)).toBe('ok');
  expect(reasonOf(mixed)).toBeUndefined();
  expect(needsHand(mixed)).toBe(false);
  expect(canReset(mixed)).toBe(true);
});

test('an open circuit is said before anything else, and nothing is said of one that is off', () => {
  const failing = provider({ state: { phase: 'failing', since: 1, reason: 'It answered 502' } });
  expect(standingOf(failing)).toBe('failing');
  expect(needsHand(failing)).toBe(true);
  expect(standingOf({ ...failing, isEnabled: false })).toBe('off');
  expect(reasonOf({ ...failing, isEnabled: false })).toBeUndefined();
});

test('switching one model leaves the others as they were', () => {
  const models = [
    { upstreamName: 'a', name: 'a', isServed: true },
    { upstreamName: 'b', name: 'b', isServed: false },
    { upstreamName: 'c', name: 'c', isServed: true },
  ];
  expect(servedAfter(models, 'b', true)).toEqual(['a', 'b', 'c']);
  expect(servedAfter(models, 'c', false)).toEqual(['a']);
});

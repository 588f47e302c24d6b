import { describe, expect, test } from 'vitest';
import { createBearerStore, loginCodeOf } from './session.ts';
import type { KeyValueStore } from './session.ts';

function memory(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
}

describe('loginCodeOf', () => {
  test('finds the code in the fragment, and nothing in other fragments', () => {
    expect(loginCodeOf('#code=abc-123')).toBe('abc-123');
    expect(loginCodeOf('#code=')).toBeUndefined();
    expect(loginCodeOf('#content')).toBeUndefined();
    expect(loginCodeOf('')).toBeUndefined();
  });
});

describe('createBearerStore', () => {
  test('a new tab of the same origin is signed in, too', () => {
    const origin = memory();
    createBearerStore(memory(), origin).save('one');
    expect(createBearerStore(memory(), origin).read()).toBe('one');
  });

  test('forgetting a refused bearer keeps a newer one of another tab', () => {
    const origin = memory();
    const old = createBearerStore(memory(), origin);
    old.save('one');
    createBearerStore(memory(), origin).save('two');
    old.forget('one');
    expect(old.read()).toBe('two');
    old.forget('two');
    expect(old.read()).toBeUndefined();
  });
});

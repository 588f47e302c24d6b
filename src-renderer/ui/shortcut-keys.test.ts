import { describe, expect, test } from 'vitest';
import { keyNames, matchesKeys } from './shortcut-keys.ts';
import type { PressedKeys } from './shortcut-keys.ts';

const pressed = (key: string, held: Partial<PressedKeys> = {}): PressedKeys => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('matchesKeys', () => {
  test('mod is Ctrl here and Cmd on a Mac', () => {
    expect(matchesKeys(pressed('k', { ctrlKey: true }), 'mod+K', false)).toBe(true);
    expect(matchesKeys(pressed('k', { metaKey: true }), 'mod+K', true)).toBe(true);
    expect(matchesKeys(pressed('k', { ctrlKey: true }), 'mod+K', true)).toBe(false);
  });

  test('more or fewer keys than named do not match', () => {
    expect(matchesKeys(pressed('k'), 'mod+K', false)).toBe(false);
    expect(matchesKeys(pressed('k', { ctrlKey: true, altKey: true }), 'mod+K', false)).toBe(false);
    expect(matchesKeys(pressed('F6', { shiftKey: true }), 'F6', false)).toBe(false);
    expect(matchesKeys(pressed('F6', { shiftKey: true }), 'shift+F6', false)).toBe(true);
  });

  test('signs match with or without Shift, as layouts differ', () => {
    expect(matchesKeys(pressed('/', { shiftKey: true }), '/', false)).toBe(true);
    expect(matchesKeys(pressed('/', { ctrlKey: true, shiftKey: true }), 'mod+/', false)).toBe(true);
    expect(matchesKeys(pressed('+', { ctrlKey: true }), 'mod++', false)).toBe(true);
  });
});

test('keys are named as they are printed', () => {
  expect(keyNames('mod+k', false)).toEqual(['Ctrl', 'K']);
  expect(keyNames('mod+k', true)).toEqual(['⌘', 'K']);
  expect(keyNames('alt+ArrowLeft', false)).toEqual(['Alt', '←']);
});

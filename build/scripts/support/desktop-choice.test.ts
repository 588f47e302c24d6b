import { expect, test } from 'vitest';
import { reasonAgainstDesktop } from './desktop-choice.ts';

test('a Linux session without a display gets the browser', () => {
  const reason = reasonAgainstDesktop({ platform: 'linux', env: { DISPLAY: '' }, isRoot: false });
  expect(reason).toBe('this session has no display');
});

test.each(['DISPLAY', 'WAYLAND_DISPLAY'])('%s means a window is possible', (name) => {
  const env = { [name]: ':0' };
  expect(reasonAgainstDesktop({ platform: 'linux', env, isRoot: false })).toBeUndefined();
});

test('root gets the browser, because the sandbox would have to be off', () => {
  const situation = { platform: 'linux', env: { DISPLAY: ':0' }, isRoot: true } as const;
  expect(reasonAgainstDesktop(situation)).toContain('root');
});

test('macOS and Windows always have a display', () => {
  expect(reasonAgainstDesktop({ platform: 'darwin', env: {}, isRoot: false })).toBeUndefined();
  expect(reasonAgainstDesktop({ platform: 'win32', env: {}, isRoot: false })).toBeUndefined();
});

test('a person can ask for the browser', () => {
  const situation = { platform: 'darwin', env: { MILLPOND_BROWSER: '1' }, isRoot: false } as const;
  expect(reasonAgainstDesktop(situation)).toContain('MILLPOND_BROWSER');
});

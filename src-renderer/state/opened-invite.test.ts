import { expect, test } from 'vitest';
import { inviteLinkOf } from './opened-invite.ts';

test('an invite opened in a browser is the same link as the one for the app', () => {
  expect(inviteLinkOf('/join', '#9fQ2-x_Y')).toBe('millpond://join/9fQ2-x_Y');
  expect(inviteLinkOf('/join/', '#9fQ2')).toBe('millpond://join/9fQ2');
});

test('other addresses and other fragments carry no invite', () => {
  expect(inviteLinkOf('/chat', '#9fQ2')).toBeUndefined();
  expect(inviteLinkOf('/join', '')).toBeUndefined();
  expect(inviteLinkOf('/join', '#code=abc')).toBeUndefined();
  expect(inviteLinkOf('/join', '#a b')).toBeUndefined();
});

import { expect, test } from 'vitest';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { canTryAgain, refusalOf, refusalOfError } from './refusals.ts';

test('a gateway that nobody reaches is told from a machine without a network', () => {
  expect(refusalOf('gateway-unreachable', true)).toBe('gateway-unreachable');
  expect(refusalOf('gateway-unreachable', false)).toBe('offline');
});

test('a used up invite stays a used up invite, also without a network', () => {
  expect(refusalOf('invite-used-up', false)).toBe('invite-used-up');
});

test('a reason of a newer runtime has no words here', () => {
  expect(refusalOf('moon-phase', true)).toBeUndefined();
  expect(refusalOf(undefined, true)).toBeUndefined();
});

test('a link that cannot be read is no invite that the gateway refused', () => {
  const unreadable = new MillpondError('invalid-request', 'A part is missing', {
    reason: 'invalid-invite',
  });
  const unknown = new MillpondError('forbidden', 'Not known', { reason: 'invalid-invite' });
  expect(refusalOfError(unreadable, true)).toBeUndefined();
  expect(refusalOfError(unknown, true)).toBe('invalid-invite');
});

test('only what may pass by itself is tried again', () => {
  expect(canTryAgain('gateway-unreachable')).toBe(true);
  expect(canTryAgain('offline')).toBe(true);
  expect(canTryAgain('invite-expired')).toBe(false);
  expect(canTryAgain('wrong-gateway')).toBe(false);
});

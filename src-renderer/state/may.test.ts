import { expect, test } from 'vitest';
import { mayDo } from './may.ts';
import type { Permitted } from './may.ts';

const writes: readonly Permitted[] = [
  ...(['makeKeys', 'makeKeysForOthers', 'managePeople', 'manageProviders'] as const),
  ...(['manageModels', 'manageConfig', 'manageAlerts', 'cancelRequests', 'manageServer'] as const),
];

test('E24: a viewer sees the log and may write nothing', () => {
  const viewer = { role: 'viewer', gatewayRole: 'viewer' } as const;
  expect(mayDo(viewer, 'readEverybodysLog')).toBe(true);
  expect(writes.filter((deed) => mayDo(viewer, deed))).toEqual([]);
});

test('a member makes keys and sees nobody else’s requests', () => {
  const member = { role: 'member', gatewayRole: 'member' } as const;
  expect(writes.filter((deed) => mayDo(member, deed))).toEqual(['makeKeys']);
  expect(mayDo(member, 'readEverybodysLog')).toBe(false);
});

test('an administrator of a pool is nobody at the gateway', () => {
  const guest = { role: 'admin' } as const;
  expect(writes.filter((deed) => mayDo(guest, deed))).toEqual(['makeKeys']);
});

test('nobody may do anything before it is known who they are', () => {
  expect(mayDo(undefined, 'makeKeys')).toBe(false);
});

import { expect, test } from 'vitest';
import { compareVersions, isPreRelease } from './version-order.ts';

test('UPDATE: versions are ordered as semver orders them', () => {
  const ascending = [
    ...['nonsense', '0.1.0-alpha', '0.1.0-alpha.1', '0.1.0-alpha.beta', '0.1.0-beta.2'],
    ...['0.1.0-beta.11', '0.1.0-rc.1', '0.1.0', '0.1.2', '0.2.0', '0.10.0', '1.0.0'],
  ];
  const mixed = [...ascending].reverse();
  expect(mixed.toSorted(compareVersions)).toEqual(ascending);
  expect(compareVersions('0.2.0', '0.2.0')).toBe(0);
  expect([isPreRelease('1.0.0-rc.1'), isPreRelease('1.0.0')]).toEqual([true, false]);
});

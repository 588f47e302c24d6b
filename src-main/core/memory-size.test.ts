import { expect, test } from 'vitest';
import { formatMemory } from './memory-size.ts';

test('memory in sentences is binary and never less than it is', () => {
  const gibibyte = 1024 ** 3;
  expect(
    [1, 40 * 1024 ** 2, 1.31 * gibibyte, 16 * gibibyte, 3.11 * gibibyte, 200.2 * gibibyte].map(
      formatMemory,
    ),
  ).toEqual(['1 MB', '40 MB', '1.4 GB', '16 GB', '3.2 GB', '201 GB']);
});

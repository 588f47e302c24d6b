import { expect, test } from 'vitest';
import { measureReadSpeed } from './read-speed.ts';
import { promisedMs } from '../../testing/patience.ts';

test('reads memory at a speed that memory can have, within a moment', async () => {
  const startedAt = performance.now();
  const bytesPerSecond = await measureReadSpeed(1);
  expect(bytesPerSecond).toBeGreaterThan(5e8);
  expect(bytesPerSecond).toBeLessThan(1e12);
  expect(performance.now() - startedAt).toBeLessThan(promisedMs(5000));
});

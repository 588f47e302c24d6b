import { describe, expect, test } from 'vitest';
import { expiredResidents, noRoomError, planRoom } from './residency.ts';
import type { Resident } from './residency.ts';

const gigabyte = 1e9;
const resident = (id: string, change: Partial<Resident> = {}): Resident => ({
  id,
  bytes: 2 * gigabyte,
  lastUsedAt: 0,
  isBusy: false,
  ...change,
});

describe('planRoom', () => {
  test('evicts nothing when there is room', () => {
    const plan = planRoom({
      bytes: 2 * gigabyte,
      budgetBytes: 4 * gigabyte,
      residents: [resident('a')],
    });
    expect(plan).toEqual({ kind: 'fits', evict: [] });
  });

  test('evicts the least recently used first, and no more than it must', () => {
    const residents = [
      resident('newest', { lastUsedAt: 30 }),
      resident('oldest', { lastUsedAt: 10 }),
      resident('middle', { lastUsedAt: 20 }),
    ];
    const plan = planRoom({ bytes: 3 * gigabyte, budgetBytes: 6 * gigabyte, residents });
    expect(plan).toEqual({ kind: 'fits', evict: ['oldest', 'middle'] });
  });

  test('never evicts a model with requests in flight', () => {
    const residents = [
      resident('busy', { lastUsedAt: 10, isBusy: true }),
      resident('idle', { lastUsedAt: 20 }),
    ];
    const plan = planRoom({ bytes: 2 * gigabyte, budgetBytes: 4 * gigabyte, residents });
    expect(plan).toEqual({ kind: 'fits', evict: ['idle'] });
  });

  test('waits when only busy models are in the way', () => {
    const residents = [resident('busy', { isBusy: true })];
    const plan = planRoom({ bytes: 3 * gigabyte, budgetBytes: 4 * gigabyte, residents });
    expect(plan).toEqual({ kind: 'wait', missingBytes: gigabyte });
  });

  test('says at once that a model is too big for the whole budget', () => {
    const plan = planRoom({ bytes: 5.4 * gigabyte, budgetBytes: 4 * gigabyte, residents: [] });
    expect(plan).toMatchObject({ kind: 'too-big' });
  });
});

describe('noRoomError', () => {
  test('names the missing gigabytes, rounded up', () => {
    const error = noRoomError('Big', { kind: 'too-big', missingBytes: 1.31e9 });
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toContain('Big needs 1.4 GB more memory');
  });

  test('asks to try again when the memory is only busy', () => {
    const error = noRoomError('Big', { kind: 'wait', missingBytes: 4e7 });
    expect(error.message).toContain('0.04 GB');
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });
});

describe('expiredResidents', () => {
  const residents = [
    resident('young', { lastUsedAt: 95 }),
    resident('old', { lastUsedAt: 50 }),
    resident('oldest', { lastUsedAt: 10 }),
    resident('busy', { lastUsedAt: 0, isBusy: true }),
  ];

  test('names idle models that nobody used for so long, oldest first', () => {
    expect(expiredResidents(residents, 100, 50)).toEqual(['oldest', 'old']);
  });

  test('keeps every model when the time is 0', () => {
    expect(expiredResidents(residents, 100, 0)).toEqual([]);
  });
});

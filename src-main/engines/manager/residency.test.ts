import { describe, expect, test } from 'vitest';
import { expiredResidents, noRoomError, planRoom } from './residency.ts';
import type { MemoryNeed, Resident } from './residency.ts';

const gigabyte = 1024 ** 3;
const main = (cpuBytes: number): MemoryNeed => ({ cpuBytes, gpuBytes: 0 });
const resident = (id: string, change: Partial<Resident> = {}): Resident => ({
  id,
  need: main(2 * gigabyte),
  lastUsedAt: 0,
  isBusy: false,
  isOwners: true,
  ...change,
});

describe('planRoom', () => {
  test('evicts nothing when there is room', () => {
    const plan = planRoom({
      isForOthers: false,
      need: main(2 * gigabyte),
      budget: { cpuBytes: 4 * gigabyte },
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
    const plan = planRoom({
      isForOthers: false,
      need: main(3 * gigabyte),
      budget: { cpuBytes: 6 * gigabyte },
      residents,
    });
    expect(plan).toEqual({ kind: 'fits', evict: ['oldest', 'middle'] });
  });

  test('never evicts a model with requests in flight', () => {
    const residents = [
      resident('busy', { lastUsedAt: 10, isBusy: true }),
      resident('idle', { lastUsedAt: 20 }),
    ];
    const plan = planRoom({
      isForOthers: false,
      need: main(2 * gigabyte),
      budget: { cpuBytes: 4 * gigabyte },
      residents,
    });
    expect(plan).toEqual({ kind: 'fits', evict: ['idle'] });
  });

  test('waits when only busy models are in the way', () => {
    const residents = [resident('busy', { isBusy: true })];
    const plan = planRoom({
      isForOthers: false,
      need: main(3 * gigabyte),
      budget: { cpuBytes: 4 * gigabyte },
      residents,
    });
    expect(plan).toEqual({ kind: 'wait', missingBytes: gigabyte });
  });

  test('says at once that a model is too big for the whole budget', () => {
    const plan = planRoom({
      isForOthers: false,
      need: main(5.4 * gigabyte),
      budget: { cpuBytes: 4 * gigabyte },
      residents: [],
    });
    expect(plan).toMatchObject({ kind: 'too-big' });
  });
});

describe('planRoom with graphics memory', () => {
  const budget = { cpuBytes: 4 * gigabyte, gpuBytes: 8 * gigabyte };
  const onCard = { cpuBytes: 0, gpuBytes: 5 * gigabyte };

  test('each memory has its own limit', () => {
    const need = { cpuBytes: 1 * gigabyte, gpuBytes: 9 * gigabyte };
    expect(planRoom({ isForOthers: false, need, budget, residents: [] })).toEqual({
      kind: 'too-big',
      missingBytes: gigabyte,
    });
  });

  test('evicts only what holds the kind of memory that is lacking', () => {
    const residents = [
      resident('on the processor', { lastUsedAt: 10 }),
      resident('on the card', { lastUsedAt: 20, need: onCard }),
    ];
    const plan = planRoom({ isForOthers: false, need: onCard, budget, residents });
    expect(plan).toEqual({ kind: 'fits', evict: ['on the card'] });
  });

  test('counts both together where memory is one', () => {
    const need = { cpuBytes: 2 * gigabyte, gpuBytes: 3 * gigabyte };
    const plan = planRoom({
      isForOthers: false,
      need,
      budget: { cpuBytes: 4 * gigabyte },
      residents: [],
    });
    expect(plan).toEqual({ kind: 'too-big', missingBytes: gigabyte });
  });
});

describe('noRoomError', () => {
  test('names the missing gigabytes, rounded up', () => {
    const error = noRoomError('Big', { kind: 'too-big', missingBytes: 1.31 * gigabyte });
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toContain('Big needs 1.4 GB more memory');
  });

  test('asks to try again when the memory is only busy', () => {
    const error = noRoomError('Big', { kind: 'wait', missingBytes: 40 * 1024 ** 2 });
    expect(error.message).toContain('40 MB');
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

describe('planRoom for others and against them', () => {
  const order = (isForOthers: boolean, ...residents: Resident[]) =>
    planRoom({ need: main(2 * gigabyte), budget: main(4 * gigabyte), isForOthers, residents });
  const idle = resident('idle', { need: main(3 * gigabyte), isOwners: true });
  const others = resident('others', { need: main(3 * gigabyte), isOwners: false });

  test('others never cost the owner a model that is used', () => {
    expect(order(true, idle)).toMatchObject({ kind: 'wait' });
    expect(order(true, others)).toEqual({ kind: 'fits', evict: ['others'] });
    expect(order(true, { ...others, isBusy: true })).toMatchObject({ kind: 'wait' });
  });

  test('the owner does not wait for the answers of others, but for the own', () => {
    expect(order(false, { ...others, isBusy: true })).toEqual({ kind: 'fits', evict: ['others'] });
    expect(order(false, { ...idle, isBusy: true })).toMatchObject({ kind: 'wait' });
  });

  test('a model that is answering others goes only when idle ones are not enough', () => {
    const busy = resident('busy', { need: main(1 * gigabyte), isOwners: false, isBusy: true });
    const rest = resident('rest', { need: main(2 * gigabyte), lastUsedAt: 9 });
    expect(order(false, busy, rest)).toEqual({ kind: 'fits', evict: ['rest'] });
  });
});

import { expect, test } from 'vitest';
import type { LedgerEntry } from '../gateway/nodes/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createLedgerStore } from './ledger-store.ts';
import { createMachineStore, createProofStore, createRateStore } from './machine-stores.ts';
import { createPoolEventStore } from './pool-event-store.ts';

function entry(change: Partial<LedgerEntry>): LedgerEntry {
  return {
    ...{ poolId: 'home', day: '2026-11-21', personId: 'anna', machineId: '', keyId: '' },
    ...{ servedTokens: 0, servedAnswers: 0, consumedTokens: 0, consumedAnswers: 0 },
    creditMicros: 0,
    ...change,
  };
}

test('the ledger adds to a day, keeps accounts apart and sums them over all time', async () => {
  await using opened = await openTestDatabase();
  const store = createLedgerStore(opened.database);
  const served = entry({ machineId: 'm1', servedTokens: 7, servedAnswers: 1, creditMicros: 3 });
  const consumed = entry({ keyId: 'k1', consumedTokens: 5, consumedAnswers: 1 });
  await store.add([served, consumed]);
  await store.add([served, entry({ machineId: 'm1', day: '2026-11-20', servedTokens: 100 })]);
  await store.add([entry({ poolId: 'work', consumedTokens: 1 })]);

  const today = await store.since('2026-11-21', 'home');
  expect(today).toHaveLength(2);
  expect(today).toContainEqual({
    ...{ ...served, servedTokens: 14, servedAnswers: 2 },
    creditMicros: 6,
  });
  expect(today).toContainEqual(consumed);
  expect(await store.since('2026-11-20')).toHaveLength(4);
  const totals = await store.totals();
  expect(totals).toContainEqual({
    ...{ ...served, day: '', servedTokens: 114, servedAnswers: 2 },
    creditMicros: 6,
  });
  expect(totals).toContainEqual({ ...consumed, day: '', keyId: '' });
  expect(totals).toHaveLength(3);
});

test('of each pool the newest events are kept, newest first', async () => {
  await using opened = await openTestDatabase();
  const store = createPoolEventStore(opened.database);
  const events = [1, 2, 3, 4].map((at) => ({
    ...{ id: `0193000${at.toString()}`, poolId: at === 4 ? 'work' : 'home', at },
    ...({ kind: 'machine-lost', machine: 'den', machineId: 'm1', count: 2 } as const),
  }));
  await store.append(events);
  await store.append(events);
  expect((await store.newest(2)).map(({ at }) => at)).toEqual([4, 3, 2]);
  expect(await store.newest(1)).toContainEqual(events[2]);
  await store.prune(1);
  expect((await store.newest(9)).map(({ at }) => at)).toEqual([4, 3]);
});

test('machines, rates and verdicts are replaced by what is newer', async () => {
  await using opened = await openTestDatabase();
  const machines = createMachineStore(opened.database);
  const den = {
    ...({ membershipId: 'm1', hardware: 'RTX 4090, 24 GB', memoryKind: 'gpu' } as const),
    ...{ memoryBytes: 24e9, version: '1.0.0', lastSeenAt: 1 },
  };
  await machines.save([den]);
  await machines.save([
    { ...den, lastSeenAt: 9 },
    { ...den, membershipId: 'm2' },
  ]);
  await machines.remove('m2');
  expect(await machines.list()).toEqual([{ ...den, lastSeenAt: 9 }]);

  const rates = createRateStore(opened.database);
  const rate = {
    upstreamId: 'm1',
    modelKey: 'd1',
    prefillPerSecond: 800.5,
    decodePerSecond: 41,
    at: 3,
  };
  await rates.replace([rate, { ...rate, modelKey: 'd2' }]);
  await rates.replace([{ ...rate, decodePerSecond: 50 }]);
  expect(await rates.list()).toEqual([{ ...rate, decodePerSecond: 50 }]);

  const proofs = createProofStore(opened.database);
  const proof = {
    membershipId: 'm1',
    digest: 'd1',
    verdict: 'verified',
    reason: '',
    at: 4,
  } as const;
  await proofs.save(proof);
  const lie = { ...proof, verdict: 'quarantined', reason: 'its answers differ' } as const;
  await proofs.save(lie);
  expect(await proofs.list()).toEqual([lie]);
  await proofs.remove('m1');
  expect(await proofs.list()).toEqual([]);
});

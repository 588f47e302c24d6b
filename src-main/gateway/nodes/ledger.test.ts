import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import { localDay } from '../../core/local-time.ts';
import type { TokenUsage } from '../../core/usage.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import {
  createMemoryNodesStores,
  type NodesFixture,
  openTestNodes,
  poolRequest,
} from '../../testing/nodes-fixture.ts';
import { randomSource } from '../../testing/random-source.ts';
import { createScriptedBackend, scriptedHead } from '../../testing/scripted-backend.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
} from '../../testing/scripted-node-link.ts';
import { ledgerEntries } from './ledger-entries.ts';

const devices = [
  { membershipId: 'm1', personId: 'anna' },
  { membershipId: 'm2', personId: 'ben' },
  { membershipId: 'm3', personId: 'anna' },
];
const dayMs = 24 * 60 * 60_000;

const usageOf = (completionTokens: number, promptTokens = 10) => ({
  ...{ promptTokens, cachedTokens: 4, completionTokens, reasoningTokens: 0 },
});

function record(id: string, change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...{ id, startedAt: 0, caller: 'editor', client: 'test', task: 'chat', path: '/v1' },
    ...{ model: 'qwen', streamed: true, state: 'done', personId: 'carla' },
    ...change,
  };
}

async function withMachines(
  stores = createMemoryNodesStores(),
  clock = createFakeClock(),
  creditMicros?: (answer: { readonly usage: TokenUsage }) => number,
) {
  const fixture = await openTestNodes({
    ...{ devices, stores, clock },
    ...(creditMicros && { creditMicros }),
  });
  for (const { membershipId } of devices) {
    const backend = createScriptedBackend(({ envelope }) => [
      scriptedHead,
      { type: 'text', text: 'x', usage: usageOf(Number(envelope.affinity?.key ?? 0)) },
    ]);
    fixture.nodes.connected(
      createScriptedNodeLink({
        ...{ membershipId, backend },
        advert: nodeAdvert([advertisedModel({ id: 'qwen', digest: 'dd' })]),
      }),
    );
  }
  return fixture;
}

/** Lets a machine generate so many tokens for a request. */
async function serve(
  { nodes }: NodesFixture,
  machineId: string,
  requestId: string,
  tokens: number,
) {
  const request = poolRequest('qwen', {
    requestId,
    affinity: { key: tokens.toString(), isStrict: false },
  });
  const upstream = nodes.directory.candidates(request).find(({ id }) => id === machineId);
  if (!upstream) throw new Error(`${machineId} is no candidate`);
  await Array.fromAsync(upstream.backend.infer(request, { signal: new AbortController().signal }));
}

describe('the ledger', () => {
  test('gives each machine what it generated and bills the asker once', async () => {
    const fixture = await withMachines();
    const { nodes } = fixture;
    await serve(fixture, 'm1', 'r1', 30);
    await serve(fixture, 'm2', 'r1', 12);
    nodes.ended(record('r1', { usage: usageOf(42) }), 'k1');
    expect(nodes.totals('home', 'anna')).toEqual({ servedTokens: 40, consumedTokens: 0 });
    expect(nodes.totals('home', 'ben')).toEqual({ servedTokens: 12, consumedTokens: 0 });
    expect(nodes.totals('home', 'carla')).toEqual({ servedTokens: 0, consumedTokens: 52 });
    expect(nodes.machine('m2').machine).toMatchObject({ servedTokens: 12, servedAnswers: 1 });
    expect(nodes.machine('m1').machine).toMatchObject({ servedTokens: 40, servedAnswers: 0 });
    const today = localDay(fixture.clock.now());
    expect(await nodes.ledger('home', 1)).toEqual([
      line(today, 'anna', { servedTokens: 40 }),
      line(today, 'ben', { servedTokens: 12, servedAnswers: 1 }),
      line(today, 'carla', { consumedTokens: 52, consumedAnswers: 1 }),
    ]);
    expect(fixture.stores.entries.map(({ keyId }) => keyId).sort()).toEqual(['', '', 'k1']);
  });

  test('has no line for what never touched a machine of a pool', async () => {
    const { nodes, stores } = await withMachines();
    nodes.ended(record('r1', { usage: usageOf(42) }));
    await nodes.close();
    expect(stores.entries).toEqual([]);
  });

  test('counts what came of an answer that failed, and no answer', async () => {
    const fixture = await withMachines();
    await serve(fixture, 'm1', 'r1', 5);
    fixture.nodes.ended(record('r1', { usage: usageOf(5), state: 'failed' }));
    expect(fixture.nodes.machine('m1').machine).toMatchObject({
      ...{ servedTokens: 15, servedAnswers: 0 },
    });
  });

  test('E22: the owner of a machine earns what it served for others, and nothing by asking', () => {
    const served = {
      ...{ day: '2026-11-21', keyId: '', isDone: true, creditMicros: 1000 },
      usage: usageOf(30, 0),
      parts: [
        { machineId: 'm1', ownerId: 'anna', poolId: 'home', tokens: 20 },
        { machineId: 'm2', ownerId: 'ben', poolId: 'home', tokens: 10 },
      ],
    };
    const earned = (personId: string) =>
      ledgerEntries({ ...served, personId })
        .filter(({ machineId }) => machineId !== '')
        .map(({ creditMicros }) => creditMicros);
    expect(earned('carla')).toEqual([666, 334]);
    expect(earned('anna')).toEqual([0, 334]);
  });

  test('E22: rows of the ledger add up to its days and to what requests were credited', async () => {
    const stores = createMemoryNodesStores();
    const creditMicros = ({ usage }: { usage: TokenUsage }) => usage.completionTokens * 7;
    const fixture = await withMachines(stores, createFakeClock(), creditMicros);
    const { nodes } = fixture;
    let credited = 0;
    for (const [index, tokens] of [30, 5, 12].entries()) {
      const id = `r${index.toString()}`;
      await serve(fixture, index === 1 ? 'm2' : 'm1', id, tokens);
      credited += nodes.ended(record(id, { usage: usageOf(tokens) }));
    }
    expect(credited).toBe(47 * 7);
    const lines = await nodes.ledger('home', 1);
    const earned = lines.map(({ personId, creditMicros: micros }) => [personId, micros]);
    expect(earned).toEqual([
      ['anna', 42 * 7],
      ['ben', 5 * 7],
      ['carla', 0],
    ]);
    await nodes.close();
    const stored = stores.entries.reduce((sum, entry) => sum + entry.creditMicros, 0);
    expect(stored).toBe(credited);
  });

  test.each(Array.from({ length: 50 }, (_, seed) => seed))(
    'balances whatever moved where: seed %i',
    (seed) => {
      const random = randomSource(seed);
      const below = (limit: number): number => Math.floor(((random() + 1) / 2) * limit);
      const parts = Array.from({ length: 1 + below(4) }, () => ({
        ...{
          machineId: `m${below(3).toString()}`,
          ownerId: 'anna',
          poolId: `p${below(2).toString()}`,
        },
        tokens: below(3) === 0 ? 0 : below(500),
      }));
      const claimed = parts.reduce((sum, { tokens }) => sum + tokens, 0);
      // The truth is what the asker saw: a machine may have generated more before it was lost.
      const completionTokens = Math.max(0, claimed - below(40));
      const entries = ledgerEntries({
        ...{ day: '2026-11-21', personId: 'carla', keyId: '', isDone: below(2) === 0, parts },
        usage: usageOf(completionTokens, 100),
        creditMicros: 1_000_003,
      });
      const credits = entries.reduce((total, { creditMicros }) => total + creditMicros, 0);
      expect(credits).toBe(1_000_003);
      expect(entries.every(({ creditMicros }) => creditMicros >= 0)).toBe(true);
      for (const poolId of ['p0', 'p1']) {
        const ofPool = entries.filter((entry) => entry.poolId === poolId);
        const sum = (
          figure: 'servedTokens' | 'consumedTokens' | 'servedAnswers' | 'consumedAnswers',
        ) => ofPool.reduce((total, entry) => total + entry[figure], 0);
        expect(sum('servedTokens')).toBe(sum('consumedTokens'));
        expect(sum('servedAnswers')).toBe(sum('consumedAnswers'));
      }
      const served = entries.reduce((total, { servedTokens }) => total + servedTokens, 0);
      expect(served).toBe(completionTokens + 100);
      expect(
        entries.every(
          ({ servedTokens, consumedTokens }) => servedTokens >= 0 && consumedTokens >= 0,
        ),
      ).toBe(true);
      for (const { machineId, servedTokens } of entries) {
        if (machineId === '') continue;
        const own = parts.filter((part) => part.machineId === machineId);
        const generated = own.reduce((total, { tokens }) => total + tokens, 0);
        expect(servedTokens).toBeLessThanOrEqual(generated + 100);
      }
    },
  );

  test('survives a restart, waiting entries included', async () => {
    const stores = createMemoryNodesStores();
    const before = await withMachines(stores);
    await serve(before, 'm1', 'r1', 30);
    before.nodes.ended(record('r1', { usage: usageOf(30) }));
    await before.nodes.close();
    const after = await withMachines(stores);
    expect(after.nodes.totals('home', 'anna').servedTokens).toBe(40);
    expect(after.nodes.machine('m1').machine.servedTokens).toBe(40);
    expect(after.nodes.queueWeight('home', 'anna')).toBe(2);
  });

  test('keeps entries while its store is down', async () => {
    const stores = createMemoryNodesStores();
    let isDown = true;
    const add = stores.ledger.add.bind(stores.ledger);
    const fixture = await withMachines({
      ...stores,
      ledger: {
        ...stores.ledger,
        add: (entries) => (isDown ? Promise.reject(new Error('disk gone')) : add(entries)),
      },
    });
    await serve(fixture, 'm1', 'r1', 30);
    fixture.nodes.ended(record('r1', { usage: usageOf(30) }));
    await fixture.clock.advance(60_000);
    expect(stores.entries).toEqual([]);
    expect(await fixture.nodes.ledger('home', 1)).toHaveLength(2);
    isDown = false;
    await fixture.clock.advance(10_000);
    expect(stores.entries).toHaveLength(2);
  });
});

describe('who goes first in line', () => {
  test('is whoever served more than they asked for in the last seven days', async () => {
    const fixture = await withMachines();
    const { nodes, clock } = fixture;
    expect(nodes.queueWeight('home', 'anna')).toBe(1);
    await serve(fixture, 'm1', 'r1', 30);
    nodes.ended(record('r1', { usage: usageOf(30) }));
    expect(nodes.queueWeight('home', 'anna')).toBe(2);
    expect(nodes.queueWeight('home', 'carla')).toBe(1);
    await serve(fixture, 'm2', 'r2', 100);
    nodes.ended(record('r2', { usage: usageOf(100), personId: 'anna' }));
    expect(nodes.queueWeight('home', 'anna')).toBe(1);
    expect(nodes.queueWeight('home', 'ben')).toBe(2);
    await clock.advance(6 * dayMs);
    expect(nodes.queueWeight('home', 'ben')).toBe(2);
    await clock.advance(dayMs);
    expect(nodes.queueWeight('home', 'ben')).toBe(1);
  });
});

function line(day: string, personId: string, figures: object) {
  return {
    ...{ day, personId, personName: personId.toUpperCase() },
    ...{ servedTokens: 0, servedAnswers: 0, consumedTokens: 0, consumedAnswers: 0 },
    creditMicros: 0,
    ...figures,
  };
}

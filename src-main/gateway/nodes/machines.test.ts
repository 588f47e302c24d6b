import { describe, expect, test } from 'vitest';
import type { NodesFixture } from '../../testing/nodes-fixture.ts';
import { createMemoryNodesStores, openTestNodes } from '../../testing/nodes-fixture.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
  nodeLoad,
} from '../../testing/scripted-node-link.ts';

const minutes = 60_000;
const models = [advertisedModel({ id: 'qwen' })];

function connect({ nodes }: NodesFixture, membershipId = 'm1', epoch = 1) {
  const link = createScriptedNodeLink({ membershipId, epoch, advert: nodeAdvert(models) });
  nodes.connected(link);
  return link;
}

const phaseOf = ({ nodes }: NodesFixture, id = 'm1') => nodes.machine(id).machine.phase;
const eventsOf = ({ nodes }: NodesFixture) =>
  nodes
    .overview('home')
    .events.map(({ kind }) => kind)
    .reverse();

async function withMachine(name = 'Den'): Promise<NodesFixture> {
  return openTestNodes({ devices: [{ membershipId: 'm1', name, personName: 'Anna' }] });
}

describe('a machine of a pool', () => {
  test('is shown with facts: hardware, memory, models, path and what it may be told', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    link.report({
      load: nodeLoad({ qwen: 1 }, { usedGpuBytes: 5e9 }),
      roundTripMs: 12,
    });
    expect(fixture.nodes.machine('m1').machine).toMatchObject({
      ...{ id: 'm1', name: 'Den', personName: 'Anna', isThisMachine: false, trust: 'trusted' },
      ...{ phase: 'online', reason: '', hardware: 'RTX 4090, 24 GB', roundTripMs: 12 },
      memory: { kind: 'gpu', usedBytes: 5e9 },
      ...{ slots: 2, busySlots: 1, address: '192.0.2.7', version: '1.0.0' },
      models: [{ id: 'qwen', busySlots: 1, proof: 'unverified' }],
    });
    expect(fixture.nodes.counts('home')).toEqual({ machines: 1, machinesOnline: 1 });
  });

  test('says its own reason while it finishes or pauses, and when it is back', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    const sharing = { phase: 'paused', reason: 'Blender uses GPU 0', since: 0, until: 99 } as const;
    link.report({ advert: nodeAdvert(models, { sharing }) });
    expect(fixture.nodes.machine('m1').machine).toMatchObject({
      ...{ phase: 'paused', reason: 'Blender uses GPU 0', backAt: 99 },
    });
    link.report({ advert: nodeAdvert(models) });
    expect(eventsOf(fixture)).toEqual(['machine-joined', 'machine-paused', 'machine-resumed']);
  });

  test('is lost for 15 minutes when it vanishes, then away', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    link.cut();
    expect(phaseOf(fixture)).toBe('lost');
    expect(fixture.nodes.isOnline('m1')).toBe(false);
    await fixture.clock.advance(15 * minutes - 1);
    expect(phaseOf(fixture)).toBe('lost');
    await fixture.clock.advance(1);
    expect(phaseOf(fixture)).toBe('offline');
    expect(eventsOf(fixture)).toEqual(['machine-joined', 'machine-lost']);
  });

  test('that is back within 5 seconds was never gone to people', async () => {
    const fixture = await withMachine();
    connect(fixture).cut();
    await fixture.clock.advance(4999);
    connect(fixture, 'm1', 2);
    await fixture.clock.advance(minutes);
    expect(phaseOf(fixture)).toBe('online');
    expect(eventsOf(fixture)).toEqual(['machine-joined']);
  });

  test('that was away comes back online, not as a new one', async () => {
    const fixture = await withMachine();
    connect(fixture).cut();
    await fixture.clock.advance(minutes);
    connect(fixture, 'm1', 2);
    expect(eventsOf(fixture)).toEqual(['machine-joined', 'machine-lost', 'machine-online']);
  });

  test('that says it leaves is finishing, then away at once', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    link.report({ isDraining: true });
    expect(phaseOf(fixture)).toBe('finishing');
    link.cut();
    expect(phaseOf(fixture)).toBe('offline');
    expect(eventsOf(fixture)).toEqual(['machine-joined', 'machine-finishing', 'machine-offline']);
  });

  test('that its pool drains takes part again when it connects again', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    await fixture.nodes.drain('m1');
    expect(link.drains).toHaveLength(1);
    expect(phaseOf(fixture)).toBe('offline');
    await expect(fixture.nodes.drain('m1')).rejects.toThrow('Den is not connected');
    connect(fixture, 'm1', 2);
    expect(phaseOf(fixture)).toBe('online');
  });

  test('an old link that closes late takes nothing from the new one', async () => {
    const fixture = await withMachine();
    const old = connect(fixture);
    connect(fixture, 'm1', 2);
    old.cut();
    expect(phaseOf(fixture)).toBe('online');
  });

  test('a device that only asks is no machine', async () => {
    const fixture = await withMachine();
    const link = createScriptedNodeLink({ membershipId: 'm1' });
    fixture.nodes.connected(link);
    expect(fixture.nodes.isOnline('m1')).toBe(true);
    expect(fixture.nodes.overview('home').machines).toEqual([]);
    expect(() => fixture.nodes.machine('m1')).toThrow('no such machine');
    link.report({ advert: nodeAdvert(models) });
    expect(phaseOf(fixture)).toBe('online');
    expect(eventsOf(fixture)).toEqual(['machine-joined']);
  });

  test('is updated when its owner is given another trust, and refused when it is revoked', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    fixture.device({ membershipId: 'm1', trust: 'guest', name: 'Attic' });
    expect(link.updates.at(-1)).toMatchObject({ trust: 'guest' });
    expect(fixture.nodes.machine('m1').machine).toMatchObject({ name: 'Attic', trust: 'guest' });
    fixture.revoke('m1');
    expect(link.refusals).toEqual([{ reason: 'membership-revoked', message: 'Ask for an invite' }]);
    expect(() => fixture.nodes.machine('m1')).toThrow('no such machine');
    expect(fixture.nodes.overview('home').machines).toEqual([]);
  });

  test('whose membership is unknown is refused', async () => {
    const fixture = await withMachine();
    const link = connect(fixture, 'stranger');
    expect(link.refusals).toMatchObject([{ reason: 'membership-revoked' }]);
  });

  test('is still shown after a restart, with its rates and its events', async () => {
    const stores = createMemoryNodesStores();
    const devices = [{ membershipId: 'm1', name: 'Den' }];
    const before = await openTestNodes({ stores, devices });
    connect(before);
    before.rates.set(`m1 ${models[0]?.digest ?? ''}`, { prefillPerSecond: 7, decodePerSecond: 3 });
    await before.nodes.close();

    const after = await openTestNodes({ stores, devices });
    expect(after.nodes.overview('home').machines).toMatchObject([
      { id: 'm1', phase: 'offline', hardware: 'RTX 4090, 24 GB' },
    ]);
    expect(eventsOf(after)).toEqual(['machine-joined']);
    connect(after, 'm1', 2);
    expect(after.nodes.machine('m1').machine.models).toMatchObject([{ decodePerSecond: 3 }]);
    expect(eventsOf(after)).toEqual(['machine-joined', 'machine-online']);
  });
});

describe('commands', () => {
  const load = { kind: 'load', modelId: 'qwen' } as const;
  const { signal } = new AbortController();

  test('reach machines whose owner allows them', async () => {
    const fixture = await withMachine();
    const link = connect(fixture);
    link.report({ advert: nodeAdvert(models, { allowedCommands: ['load'] }) });
    await fixture.nodes.command('m1', load, signal);
    expect(link.commands).toEqual([load]);
    await expect(
      fixture.nodes.command('m1', { kind: 'unload', modelId: 'qwen' }, signal),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Den') as string,
    });
  });

  test('to a machine that is away say so', async () => {
    const fixture = await withMachine();
    connect(fixture).cut();
    await expect(fixture.nodes.command('m1', load, signal)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('events', () => {
  test('hold what a machine reports of its failures', async () => {
    const fixture = await withMachine();
    connect(fixture);
    fixture.nodes.errorReported('m1', { code: 'engine-crashed', message: 'out of luck', at: 1 });
    expect(fixture.nodes.machine('m1').events[0]).toMatchObject({
      ...{ kind: 'error-reported', machine: 'Den', reason: 'engine-crashed: out of luck' },
    });
  });

  test('that others tell of a machine by its name are on its page', async () => {
    const fixture = await withMachine();
    connect(fixture);
    const moved = { poolId: 'home', kind: 'answer-moved', machine: 'Den', to: 'Attic' } as const;
    fixture.nodes.happened(moved);
    fixture.nodes.happened({ ...moved, machine: 'Attic' });
    expect(fixture.nodes.machine('m1').events.map(({ kind }) => kind)).toEqual([
      'answer-moved',
      'machine-joined',
    ]);
    expect(eventsOf(fixture)).toHaveLength(3);
  });
});

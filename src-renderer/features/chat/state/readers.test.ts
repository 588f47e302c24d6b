import { describe, expect, test } from 'vitest';
import type { JoinedModel, Membership } from '../../../api.ts';
import { modelNamed } from '../../../state/model-fixture.ts';
import type { HeldMachine, HeldPool } from '../../../state/held-pools.ts';
import { missingModel, poolModelsOf } from './pool-models.ts';
import { readersOf } from './readers.ts';

const capabilities = {
  ...{ chat: true, completion: true, embedding: false, rerank: false },
  ...{ tools: false, reasoning: false, vision: false, continuation: true },
};

function machine(name: string, more: Partial<HeldMachine> = {}): HeldMachine {
  return {
    ...{ name, person: 'Jon', trust: 'trusted', isThisMachine: false, offers: ['qwen', 'd1'] },
    ...more,
  };
}

const held: HeldPool = {
  id: 'p1',
  machines: [
    machine('here', { isThisMachine: true, trust: 'own' }),
    machine('attic'),
    machine('stranger', { trust: 'guest', person: 'Ann' }),
    machine('loft', { offers: ['gemma'] }),
  ],
  models: [
    { ...{ id: 'qwen', name: 'Qwen', digest: 'd1', contextLength: 10 }, ...ready(2) },
    { ...{ id: 'gemma', name: 'Gemma', contextLength: 10 }, ...ready(1) },
  ],
  absent: [],
};

function ready(machines: number) {
  return { capabilities, machines, isReady: true };
}

const joinedModel: JoinedModel = {
  ...{ id: 'llama', name: 'Llama', contextLength: 10, trust: 'trusted' },
  ...ready(1),
};

const membership: Membership = {
  ...{ id: 'm1', poolId: 'p9', poolName: 'Reed Street', gatewayName: 'gate' },
  ...{ personName: 'Mara', role: 'member', trust: 'trusted' },
  ...{ mayServe: true, mayAsk: true, isSharing: true, offersPools: false },
  link: { phase: 'online', since: 0, address: 'gate:8443' },
  ...{ joinedAt: 0, machinesOnline: 1, addresses: [] },
  models: [joinedModel],
  readers: [{ machine: 'gate', person: 'Ines' }],
};

const qwen = modelNamed('Qwen', { digest: 'd1' });

describe('models of pools in a chat', () => {
  const sources = { installed: [qwen], memberships: [membership], held: [held], pools: [] };

  test('are those that this machine does not have itself', () => {
    expect(poolModelsOf(sources).map(({ id, pool }) => `${id} ${String(pool?.id)}`)).toEqual([
      'gemma p1',
      'llama p9',
    ]);
  });

  test('say why they cannot be asked while their pool is not connected, and are gone where nobody may', () => {
    const problem = 'gate does not answer';
    const link = { phase: 'waiting', retryAt: 5, problem } as const;
    const away = { ...sources, held: [], memberships: [{ ...membership, link }] };
    const mute = { ...sources, held: [], memberships: [{ ...membership, mayAsk: false }] };
    expect(poolModelsOf(away)).toMatchObject([
      { name: 'Llama', absence: { why: 'offline', pool: 'Reed Street', problem } },
    ]);
    expect(poolModelsOf(mute)).toEqual([]);
  });

  test('keep their names when no machine of a pool here offers them any more', () => {
    const pools = { ...sources, held: [{ ...held, absent: [{ id: 'phi', name: 'Phi' }] }] };
    expect(poolModelsOf(pools).find(({ id }) => id === 'phi')).toMatchObject({
      ...{ name: 'Phi', pool: { id: 'p1', machines: 0 }, absence: { why: 'unoffered' } },
    });
  });

  test('that nobody knows any more were of the one pool that is away, or of the one they name', () => {
    const away = (poolName: string): Membership => ({
      ...{ ...membership, poolName, models: [] },
      link: { phase: 'closed', reason: 'membership-revoked', message: 'Removed' },
    });
    expect(missingModel('x', [membership, away('Mill')]).absence).toEqual({
      ...{ why: 'offline', pool: 'Mill', problem: 'Removed' },
    });
    expect(missingModel('x', [away('Mill'), away('Reed')]).absence).toEqual({ why: 'gone' });
    expect(missingModel('x@Reed', [away('Mill'), away('Reed')]).absence).toMatchObject({
      pool: 'Reed',
    });
  });
});

describe('who can read a message', () => {
  const question = { model: qwen, memberships: [membership], held: [held] };
  const names = (privacy: 'this-machine' | 'trusted' | 'any') =>
    readersOf({ ...question, privacy }).others.map((reader) => reader.machine);

  test('machines of a pool that have the same model count, guests only where any may read', () => {
    expect(names('this-machine')).toEqual([]);
    expect(names('trusted')).toEqual(['attic']);
    expect(names('any')).toEqual(['attic', 'stranger']);
  });

  test('a joined pool is read along by its machines and its gateway, each named once', () => {
    const [llama] = poolModelsOf({ installed: [], memberships: [membership], held: [], pools: [] });
    if (llama === undefined) throw new Error('the pool offers no model');
    expect(readersOf({ ...question, model: llama, privacy: 'any' })).toEqual({
      isHere: false,
      others: [{ machine: 'gate', person: 'Ines' }],
      hasUnknownGuests: true,
    });
  });

  test('nobody can, where only this machine may read a model that it does not have', () => {
    const [llama] = poolModelsOf({ installed: [], memberships: [membership], held: [], pools: [] });
    if (llama === undefined) throw new Error('the pool offers no model');
    const readers = readersOf({ ...question, model: llama, privacy: 'this-machine' });
    expect(readers).toEqual({ isHere: false, others: [], hasUnknownGuests: false });
  });
});

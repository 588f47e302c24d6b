import { describe, expect, test } from 'vitest';
import type { Scope } from '../ports.ts';
import type { NodesFixture } from '../../testing/nodes-fixture.ts';
import { openTestNodes, poolRequest, silentBackend } from '../../testing/nodes-fixture.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
  nodeLoad,
} from '../../testing/scripted-node-link.ts';
import type { AdvertisedModel } from '../../core/node.ts';

const home: Scope = { pools: ['home'], isVisitor: true };
const digestA = 'aaaaaaaa11111111';
const digestB = 'bbbbbbbb22222222';

function connect(fixture: NodesFixture, membershipId: string, models: readonly AdvertisedModel[]) {
  fixture.device({ membershipId });
  const link = createScriptedNodeLink({
    membershipId,
    advert: nodeAdvert(models, { name: membershipId }),
  });
  fixture.nodes.connected(link);
  return link;
}

const idsOf = ({ nodes }: NodesFixture, scope: Scope = home) =>
  nodes.directory
    .models(scope)
    .map(({ id }) => id)
    .sort();

const candidatesOf = ({ nodes }: NodesFixture, model: string, envelope = {}) =>
  nodes.directory
    .candidates(poolRequest(model, envelope))
    .map(({ id }) => id)
    .sort();

describe('models of several machines', () => {
  test('one digest is one model, whatever its machines call it', async () => {
    const fixture = await openTestNodes();
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen3:q4', digest: digestA })]);
    connect(fixture, 'm2', [advertisedModel({ id: 'qwen3:q4', digest: digestA })]);
    connect(fixture, 'm3', [advertisedModel({ id: 'Qwen/Qwen3-GGUF:Q4', digest: digestA })]);
    expect(idsOf(fixture)).toEqual(['qwen3:q4']);
    expect(fixture.nodes.directory.resolve('Qwen/Qwen3-GGUF:Q4', home)).toEqual({ id: 'qwen3:q4' });
    expect(candidatesOf(fixture, 'qwen3:q4')).toEqual(['m1', 'm2', 'm3']);
  });

  test('of two digests under one id the more common keeps it; the other names its weights', async () => {
    const fixture = await openTestNodes();
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen', digest: digestA })]);
    connect(fixture, 'm2', [advertisedModel({ id: 'qwen', digest: digestB })]);
    expect(idsOf(fixture)).toEqual(['qwen', 'qwen@aaaaaaaa']);
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m2']);

    connect(fixture, 'm3', [advertisedModel({ id: 'qwen', digest: digestA })]);
    expect(idsOf(fixture)).toEqual(['qwen', 'qwen@bbbbbbbb']);
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m1', 'm3']);
    expect(candidatesOf(fixture, 'qwen@bbbbbbbb')).toEqual(['m2']);
    expect(fixture.nodes.directory.resolve('qwen@aaaaaaaa', home)).toEqual({ id: 'qwen' });
  });

  test('the id comes back to whoever is left with it', async () => {
    const fixture = await openTestNodes();
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen', digest: digestA })]);
    const second = connect(fixture, 'm2', [advertisedModel({ id: 'qwen', digest: digestB })]);
    second.report({ advert: nodeAdvert([]) });
    expect(idsOf(fixture)).toEqual(['qwen']);
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m1']);
    expect(fixture.nodes.directory.resolve('qwen@bbbbbbbb', home)).toBeUndefined();
  });

  test('without a digest nothing is merged with what has one', async () => {
    const fixture = await openTestNodes();
    const { digest: _, ...nameless } = advertisedModel({ id: 'qwen' });
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen', digest: digestA })]);
    connect(fixture, 'm2', [nameless]);
    connect(fixture, 'm3', [nameless]);
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m2', 'm3']);
    expect(candidatesOf(fixture, 'qwen@aaaaaaaa')).toEqual(['m1']);
  });

  test('model@machine is the one machine, by its name or id', async () => {
    const fixture = await openTestNodes();
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen' })]);
    connect(fixture, 'm2', [advertisedModel({ id: 'qwen' })]);
    fixture.device({ membershipId: 'm2', name: 'Attic' });
    for (const name of ['qwen@attic', 'qwen@m2']) {
      expect(fixture.nodes.directory.resolve(name, home)).toEqual({ id: 'qwen', pin: 'm2' });
    }
    expect(candidatesOf(fixture, 'qwen', { pin: 'm2' })).toEqual(['m2']);
    expect(fixture.nodes.directory.resolve('qwen@cellar', home)).toBeUndefined();
  });

  test('whatever comes and goes, each name stands for one set of weights and can be asked', async () => {
    const grown = await openTestNodes();
    const ids = ['a', 'b'];
    const digests = [digestA, digestB];
    const links = Array.from({ length: 6 }, (_, index) =>
      connect(grown, `m${index.toString()}`, []),
    );
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let step = 0; step < 300; step += 1) {
      const models = ids
        .filter(() => next(3) > 0)
        .map((id) => advertisedModel({ id, digest: digests[next(2)] ?? digestA }));
      links[next(links.length)]?.report({ advert: nodeAdvert(models) });
    }
    for (const { id } of grown.nodes.directory.models(home)) {
      expect(grown.nodes.directory.resolve(id, home)).toEqual({ id });
      expect(candidatesOf(grown, id).length).toBeGreaterThan(0);
    }
    const digestsOf = (id: string): Set<string | undefined> =>
      new Set(grown.nodes.directory.candidates(poolRequest(id)).map(({ offer }) => offer?.digest));
    for (const id of idsOf(grown)) expect(digestsOf(id).size).toBe(1);
    for (const link of links) link.report({ advert: nodeAdvert([]) });
    expect(idsOf(grown)).toEqual([]);
  });
});

describe('who sees what', () => {
  const pools = [
    { id: 'home', name: 'Home' },
    { id: 'work', name: 'Work' },
  ];

  test('another pool does not exist for outsiders', async () => {
    const fixture = await openTestNodes({ pools });
    fixture.device({ membershipId: 'w1', poolId: 'work' });
    connect(fixture, 'w1', [advertisedModel({ id: 'secret' })]);
    const { directory } = fixture.nodes;
    for (const name of ['secret', 'secret@w1', 'secret@1a2b3c4d']) {
      expect(directory.resolve(name, home)).toBeUndefined();
      expect(directory.resolve(name, { pools: [] })).toBeUndefined();
    }
    expect(directory.models(home)).toEqual([]);
    expect(candidatesOf(fixture, 'secret')).toEqual([]);
    expect(directory.candidates(poolRequest('secret', { pools: ['work'] }))).toHaveLength(1);
  });

  test('one model in two pools is one entry with the machines of both', async () => {
    const fixture = await openTestNodes({ pools });
    fixture.device({ membershipId: 'w1', poolId: 'work' });
    connect(fixture, 'w1', [advertisedModel({ id: 'office-name', digest: digestA })]);
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen', digest: digestA })]);
    connect(fixture, 'm2', [advertisedModel({ id: 'office-name', digest: digestB })]);
    const both: Scope = { pools: ['home', 'work'], isVisitor: true };
    expect(idsOf(fixture, both)).toEqual(['office-name', 'qwen']);
    expect(candidatesOf(fixture, 'qwen', { pools: ['home', 'work'] })).toEqual(['m1', 'w1']);
    expect(candidatesOf(fixture, 'office-name', { pools: ['home', 'work'] })).toEqual(['m2']);
  });

  test('rights name models by any of their ids, and hide the others', async () => {
    const fixture = await openTestNodes();
    connect(fixture, 'm1', [
      advertisedModel({ id: 'qwen', digest: digestA }),
      advertisedModel({ id: 'llama', digest: digestB }),
    ]);
    const scope = { ...home, models: ['qwen'] };
    expect(idsOf(fixture, scope)).toEqual(['qwen']);
    expect(fixture.nodes.directory.resolve('llama', scope)).toBeUndefined();
    expect(fixture.nodes.directory.resolve('llama@m1', scope)).toBeUndefined();
  });

  test("the gateway's own machine is there for visitors while its owner shares it", async () => {
    const fixture = await openTestNodes();
    const advert = nodeAdvert([advertisedModel({ id: 'qwen', digest: digestA })], { name: 'hub' });
    fixture.share({
      ...{ personId: 'owner', personName: 'Owner', advert, slots: [], load: undefined },
      backend: silentBackend,
    });
    connect(fixture, 'm1', [advertisedModel({ id: 'qwen', digest: digestA })]);
    expect(candidatesOf(fixture, 'qwen', { isVisitor: true })).toEqual(['local', 'm1']);
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m1']);
    fixture.share(undefined);
    expect(candidatesOf(fixture, 'qwen', { isVisitor: true })).toEqual(['m1']);
  });
});

describe('machines that take no work', () => {
  test('follow what their owner does: hot changes are there at once', async () => {
    const fixture = await openTestNodes();
    const model = advertisedModel({ id: 'qwen' });
    const link = connect(fixture, 'm1', [model]);
    let changes = 0;
    fixture.nodes.directory.onChanged?.(() => (changes += 1));

    link.report({ load: { ...nodeLoad({}), models: [state('draining')] } });
    expect(candidatesOf(fixture, 'qwen')).toEqual([]);
    expect(idsOf(fixture)).toEqual([]);
    link.report({ load: { ...nodeLoad({}), models: [state('installed')] } });
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m1']);
    expect(fixture.nodes.directory.models(home)).toMatchObject([{ isReady: false }]);
    link.report({ advert: nodeAdvert([model, advertisedModel({ id: 'new', digest: digestB })]) });
    expect(idsOf(fixture)).toEqual(['new', 'qwen']);
    expect(changes).toBeGreaterThanOrEqual(3);
  });

  test.each(['finishing', 'paused'] as const)(
    'a machine that is %s gets nothing new',
    async (phase) => {
      const fixture = await openTestNodes();
      const models = [advertisedModel({ id: 'qwen' })];
      const link = connect(fixture, 'm1', models);
      link.report({
        advert: nodeAdvert(models, { sharing: { phase, reason: 'a game', since: 0 } }),
      });
      expect(candidatesOf(fixture, 'qwen')).toEqual([]);
      expect(fixture.nodes.directory.resolve('qwen', home)).toEqual({ id: 'qwen' });
    },
  );

  test('a cut, a quarantine and a revoked membership end it for the router at once', async () => {
    const fixture = await openTestNodes();
    const models = [advertisedModel({ id: 'qwen', digest: digestA })];
    const cut = connect(fixture, 'm1', models);
    connect(fixture, 'm2', models);
    connect(fixture, 'm3', models);
    cut.cut();
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m2', 'm3']);
    fixture.quarantine('m2', digestA, 'it lied');
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m3']);
    fixture.nodes.probe('m2');
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m2', 'm3']);
    fixture.revoke('m3');
    expect(candidatesOf(fixture, 'qwen')).toEqual(['m2']);
  });
});

test('a machine whose connection broke is known for coming back, one that left is not', async () => {
  const fixture = await openTestNodes();
  const links = ['m1', 'm2'].map((id) => connect(fixture, id, [advertisedModel({ id: 'qwen' })]));
  const returning = () =>
    fixture.nodes.directory
      .returning?.(poolRequest('qwen'))
      .map(({ upstream, goneMs }) => ({ id: upstream.id, goneMs }));
  expect(returning()).toEqual([]);
  links[0]?.cut();
  fixture.revoke('m2');
  await fixture.clock.advance(2_000);
  expect(returning()).toEqual([{ id: 'm1', goneMs: 2_000 }]);
  connect(fixture, 'm1', [advertisedModel({ id: 'qwen' })]);
  expect(returning()).toEqual([]);
});

describe('offers', () => {
  test('say what the machine reports and prefer what the gateway measured', async () => {
    const fixture = await openTestNodes();
    const claimed = { prefillPerSecond: 9000, decodePerSecond: 900 };
    const model = advertisedModel({ id: 'qwen', digest: digestA, rates: claimed });
    const link = connect(fixture, 'm1', [model]);
    const offer = () => fixture.nodes.directory.candidates(poolRequest('qwen'))[0]?.offer;
    expect(offer()).toMatchObject({ rates: claimed, slots: 2, busySlots: 0, penalties: [] });
    const measured = { prefillPerSecond: 800, decodePerSecond: 40 };
    fixture.rates.set(`m1 ${digestA}`, measured);
    link.report({
      load: nodeLoad({ qwen: 1 }, { isOwnerActive: true, temperature: 90 }),
      roundTripMs: 40,
    });
    expect(offer()).toMatchObject({ rates: measured, busySlots: 1, roundTripMs: 40 });
    expect(offer()?.penalties.map(({ ms }) => ms)).toEqual([1500, 500]);
  });

  test('keep upstream and slots the same objects until they change', async () => {
    const fixture = await openTestNodes();
    const link = connect(fixture, 'm1', [advertisedModel({ id: 'qwen' })]);
    const held = { modelId: 'qwen', slot: 0, marks: ['a'], heldTokens: 9 };
    link.reportSlots([held, { ...held, modelId: 'other' }]);
    const candidates = fixture.nodes.directory.candidates(poolRequest('qwen'));
    const contents = candidates[0]?.offer?.slotContents;
    expect(contents).toEqual([held]);
    link.report({ load: nodeLoad({ qwen: 1 }) });
    const later = fixture.nodes.directory.candidates(poolRequest('qwen'));
    expect(later).toBe(candidates);
    expect(later[0]?.offer?.slotContents).toBe(contents);
    const back = createScriptedNodeLink({
      ...{ membershipId: 'm1', epoch: 2 },
      advert: nodeAdvert([advertisedModel({ id: 'qwen' })]),
    });
    fixture.nodes.connected(back);
    expect(fixture.nodes.directory.candidates(poolRequest('qwen'))[0]?.epoch).toBe('2');
  });

  test('with 500 machines of 20 models a look-up builds nothing', async () => {
    const fixture = await openTestNodes();
    const models = Array.from({ length: 20 }, (_, index) =>
      advertisedModel({ id: `model-${index.toString()}`, digest: `digest-${index.toString()}` }),
    );
    for (let index = 0; index < 500; index += 1) connect(fixture, `m${index.toString()}`, models);
    const request = poolRequest('model-7');
    const first = fixture.nodes.directory.candidates(request);
    expect(first).toHaveLength(500);
    for (let asked = 0; asked < 1000; asked += 1) {
      expect(fixture.nodes.directory.candidates(request)).toBe(first);
    }
    expect(fixture.nodes.directory.models(home)).toHaveLength(20);
  });
});

function state(phase: 'draining' | 'installed') {
  return { id: 'qwen', busySlots: 0, waiting: 0, state: { phase } } as const;
}

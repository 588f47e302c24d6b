import { expect, test } from 'vitest';
import { openTestNodes } from '../../testing/nodes-fixture.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
} from '../../testing/scripted-node-link.ts';

const devices = [
  { membershipId: 'm1', name: 'Den', personName: 'Anna' },
  { membershipId: 'm2', name: 'Attic', personName: 'Ben', trust: 'guest' },
  { membershipId: 'laptop', personId: 'carla' },
] as const;

test('members hear at connect what the pool offers, and of changes half a second later', async () => {
  const fixture = await openTestNodes({ devices });
  const { nodes, clock } = fixture;
  const laptop = createScriptedNodeLink({ membershipId: 'laptop' });
  nodes.connected(laptop);
  expect(laptop.told).toMatchObject([{ poolName: 'Home', models: [], machinesOnline: 0 }]);

  const models = [
    advertisedModel({ id: 'a', digest: 'aa' }),
    advertisedModel({ id: 'b', digest: 'bb' }),
  ];
  nodes.connected(createScriptedNodeLink({ membershipId: 'm1', advert: nodeAdvert(models) }));
  nodes.connected(createScriptedNodeLink({ membershipId: 'm2', advert: nodeAdvert(models) }));
  expect(laptop.told).toHaveLength(1);
  await clock.advance(500);
  expect(laptop.told).toHaveLength(2);
  expect(laptop.told[1]).toMatchObject({
    machinesOnline: 2,
    models: [
      { id: 'a', machines: 2, isReady: true, trust: 'trusted' },
      { id: 'b', machines: 2 },
    ],
    readers: [{ machine: 'Den', person: 'Anna' }],
  });

  fixture.allow('carla', ['b']);
  await clock.advance(1000);
  expect(laptop.told.at(-1)?.models.map(({ id }) => id)).toEqual(['b']);
  fixture.allow('carla', []);
  await clock.advance(1000);
  expect(laptop.told.at(-1)?.models).toHaveLength(2);
  const heard = laptop.told.length;
  await clock.advance(10_000);
  expect(laptop.told).toHaveLength(heard);
});

test('a model that only guests have says so', async () => {
  const { nodes } = await openTestNodes({ devices });
  nodes.connected(
    createScriptedNodeLink({ membershipId: 'm2', advert: nodeAdvert([advertisedModel()]) }),
  );
  const laptop = createScriptedNodeLink({ membershipId: 'laptop' });
  nodes.connected(laptop);
  expect(laptop.told.at(-1)).toMatchObject({ models: [{ trust: 'guest' }], readers: [] });
});

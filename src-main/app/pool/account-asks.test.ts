import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { joinPool, openTestPool, spawnMachine } from '../../testing/pool-fixture.ts';

test('a colleague without a machine asks the machines of the pool with a key, until put out', async () => {
  const pool = await openTestPool();
  const { control, origin } = pool.gateway;
  const machine = await spawnMachine({ name: 'home', models: { hello: { says: 'Hello there.' } } });
  await joinPool(machine, pool, { models: 2 });
  const { person } = await control.people.create({ name: 'Mia', role: 'member', pools: [pool.id] });
  expect(person.pools).toEqual([{ id: pool.id, name: 'Lab', role: 'member' }]);
  const { key } = await control.server.createKey({ name: 'editor', personId: person.id });
  const client = new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 });
  const ask = () =>
    client.chat.completions.create({
      ...{ model: 'test/hello', messages: [{ role: 'user', content: 'Hi' }] },
    });

  expect((await ask()).choices[0]?.message.content).toBe('Hello there.');
  const { requests } = await control.activity.list({ limit: 1 });
  expect(requests[0]).toMatchObject({ model: 'test/hello', machine: 'home', poolId: pool.id });

  await control.people.update({ id: person.id, pools: [] });
  await expect(ask()).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
});

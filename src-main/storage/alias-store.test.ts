import { expect, test } from 'vitest';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createAliasStore } from './alias-store.ts';

test('aliases are kept with their members in order, replaced, and removed', async () => {
  await using opened = await openTestDatabase();
  const store = createAliasStore(opened.database);
  const smart = {
    name: 'smart',
    members: [{ model: 'acme/home:Q4', maxQueueMs: 2500 }, { model: 'claude@far' }],
    mayCrossToCloud: true,
    createdAt: 5,
  };
  await store.save(smart);
  await store.save({ ...smart, name: 'fast', mayCrossToCloud: false });
  expect(await store.list()).toEqual([{ ...smart, name: 'fast', mayCrossToCloud: false }, smart]);
  await store.save({ ...smart, members: [{ model: 'x' }], createdAt: 9 });
  await store.remove('fast');
  expect(await store.list()).toEqual([{ ...smart, members: [{ model: 'x' }] }]);
});

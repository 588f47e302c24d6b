import { expect, test } from 'vitest';
import type { StoredResponse } from '../gateway/responses/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createResponseStore } from './response-store.ts';

function stored(id: string, fields: Partial<StoredResponse> = {}): StoredResponse {
  return {
    ...{ id, owner: 'pool/ada', personId: 'ada', createdAt: 1000 },
    ...{ response: '{"output":[]}', input: '[]' },
    ...fields,
  };
}

test('finds an answer and all before it, for its owner alone', async () => {
  await using opened = await openTestDatabase();
  const store = createResponseStore(opened.database);
  const turns = [
    stored('a'),
    stored('b', { previousId: 'a' }),
    stored('c', { previousId: 'b' }),
    stored('other', { owner: 'pool/bob', personId: 'bob', previousId: 'c' }),
  ];
  await store.insert(turns);
  await store.insert(turns);
  expect(await store.get('pool/ada', 'b')).toEqual(turns[1]);
  expect(await store.get('pool/bob', 'b')).toBeUndefined();
  expect(await store.chain('pool/ada', 'c')).toEqual(turns.slice(0, 3));
  expect(await store.chain('pool/bob', 'c')).toEqual([]);
  // Even where an answer names one of somebody else.
  expect((await store.chain('pool/bob', 'other')).map(({ id }) => id)).toEqual(['other']);
});

test('removes for its owner alone, and all of a person who goes', async () => {
  await using opened = await openTestDatabase();
  const store = createResponseStore(opened.database);
  await store.insert([stored('a'), stored('b', { owner: 'pool/bob', personId: 'bob' })]);
  expect(await store.remove('pool/bob', 'a')).toBe(false);
  expect(await store.remove('pool/ada', 'a')).toBe(true);
  expect(await store.remove('pool/ada', 'a')).toBe(false);
  await store.removePerson('bob');
  expect(await store.get('pool/bob', 'b')).toBeUndefined();
});

test('lets go of what is old, and of the oldest of an owner who keeps too much', async () => {
  await using opened = await openTestDatabase();
  const store = createResponseStore(opened.database);
  const big = 'x'.repeat(100);
  await store.insert([
    stored('old', { createdAt: 10 }),
    stored('first', { createdAt: 1000, response: big }),
    stored('second', { createdAt: 2000, response: big }),
    stored('third', { createdAt: 3000, response: big }),
    stored('bobs', { owner: 'pool/bob', createdAt: 1500, response: big }),
  ]);
  await store.prune({ before: 500, maxBytes: 250 });
  const left = await opened.database.selectFrom('responses').select('id').orderBy('id').execute();
  expect(left.map(({ id }) => id)).toEqual(['bobs', 'second', 'third']);
});

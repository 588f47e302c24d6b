import { expect, test } from 'vitest';
import { newId } from '../core/identity.ts';
import type { StoredAttachedServer } from '../engines/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createAttachedServerStore } from './attached-server-store.ts';

function server(changes: Partial<StoredAttachedServer> = {}): StoredAttachedServer {
  return {
    id: newId(),
    name: 'Ollama',
    url: 'http://127.0.0.1:11434',
    kind: 'ollama',
    names: { 'llama3:latest': 'llama' },
    hidden: ['nomic-embed-text:latest'],
    createdAt: 5,
    ...changes,
  };
}

test('attached servers are kept oldest first, replaced by id and removed', async () => {
  await using opened = await openTestDatabase();
  const store = createAttachedServerStore(opened.database);
  const younger = server({ url: 'http://127.0.0.1:1234', kind: 'lm-studio', createdAt: 9 });
  const older = server();
  await store.save(younger);
  await store.save(older);
  expect(await store.list()).toEqual([older, younger]);
  const renamed = { ...older, name: 'Mine', names: {}, hidden: [] };
  await store.save(renamed);
  expect(await store.list()).toEqual([renamed, younger]);
  await store.remove(older.id);
  expect(await store.list()).toEqual([younger]);
});

test('one address is attached once', async () => {
  await using opened = await openTestDatabase();
  const store = createAttachedServerStore(opened.database);
  await store.save(server());
  await expect(store.save(server())).rejects.toThrow();
});

test('a server of a kind that is not known here still speaks the OpenAI API', async () => {
  await using opened = await openTestDatabase();
  const { id, ...rest } = server();
  await opened.database
    .insertInto('attached_servers')
    .values({
      ...{ id, name: rest.name, url: rest.url, kind: 'newer', names: '{}', hidden: '[]' },
      created_at: 1,
    })
    .execute();
  expect(await createAttachedServerStore(opened.database).list()).toMatchObject([
    { id, kind: 'openai' },
  ]);
});

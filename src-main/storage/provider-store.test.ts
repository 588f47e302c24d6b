import { expect, test } from 'vitest';
import { newId } from '../core/identity.ts';
import type { StoredProvider, StoredProviderKey } from '../gateway/providers/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createProviderStore } from './provider-store.ts';

function provider(changes: Partial<StoredProvider> = {}): StoredProvider {
  return {
    id: newId(),
    name: 'OpenAI',
    preset: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    access: 'owner',
    isEnabled: true,
    names: { 'gpt-5.4': 'smart' },
    listed: [{ upstreamName: 'gpt-5.4', contextLength: 400_000, features: ['chat', 'vision'] }],
    createdAt: 5,
    ...changes,
  };
}

test('providers are kept oldest first, replaced by id and removed', async () => {
  await using opened = await openTestDatabase();
  const store = createProviderStore(opened.database);
  const younger = provider({ name: 'Groq', createdAt: 9 });
  const older = provider();
  await store.save(younger);
  await store.save(older);
  expect(await store.list()).toEqual([older, younger]);
  const changed = { ...older, name: 'Work', served: ['gpt-5.4'], isEnabled: false, listed: [] };
  await store.save(changed);
  expect(await store.list()).toEqual([changed, younger]);
  await store.remove(older.id);
  expect(await store.list()).toEqual([younger]);
});

test('what a key is good for survives, and goes with its provider', async () => {
  await using opened = await openTestDatabase();
  const store = createProviderStore(opened.database);
  const kept = provider();
  const key: StoredProviderKey = {
    id: newId(),
    providerId: kept.id,
    shown: 'sk-a…9z',
    createdAt: 3,
    state: { phase: 'ready' },
  };
  const spent: StoredProviderKey = {
    ...key,
    id: newId(),
    createdAt: 4,
    state: { phase: 'exhausted', since: 10, until: 99, reason: 'The credit is used up' },
  };
  const others = { ...key, id: newId(), providerId: newId(), createdAt: 5 };
  await store.save(kept);
  for (const each of [spent, key, others]) await store.saveKey(each);
  const cooling = { ...key, state: { ...spent.state, phase: 'cooling' as const } };
  await store.saveKey(cooling as StoredProviderKey);
  expect(await store.keys()).toEqual([cooling, spent, others]);
  await store.removeKey(spent.id);
  await store.remove(kept.id);
  expect(await store.keys()).toEqual([others]);
});

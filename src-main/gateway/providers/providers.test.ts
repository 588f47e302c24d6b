import { onTestFinished, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { createSecretStore } from '../../platform/secret-store.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createProviderStore } from '../../storage/provider-store.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import { startMockProvider } from '../../testing/mock-provider/start-mock-provider.ts';
import type { MockProvider } from '../../testing/mock-provider/start-mock-provider.ts';
import { openTestDatabase } from '../../testing/open-test-database.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createProviders } from './providers.ts';
import type { Providers } from './providers.ts';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { signal } = new AbortController();
const secret = 'sk-canary-4711-very-secret';

async function mockOf(models: readonly string[] = ['pond']): Promise<MockProvider> {
  const mock = await startMockProvider({ models });
  onTestFinished(() => mock.close());
  return mock;
}

/** The same folder and database for every start. */
async function groundOf() {
  const folder = temporaryFolder();
  const opened = await openTestDatabase();
  const http = createHttpClient({
    register: createConnectionRegister(systemClock),
    purpose: 'provider',
    env: {},
  });
  onTestFinished(async () => {
    await http.close();
    await opened[Symbol.asyncDispose]();
  });
  const start = async (): Promise<Providers> => {
    const providers = await createProviders({
      ...{ http, clock: systemClock, logger: silentLogger },
      store: createProviderStore(opened.database),
      secrets: createSecretStore({ folder }),
      isOwnAddress: (url) => url.includes(':8484'),
    });
    onTestFinished(() => providers.dispose());
    return providers;
  };
  return { start, folder, database: opened.database };
}

async function ask(providers: Providers, model = 'pond', pin?: string) {
  const envelope = { model, privacy: 'any', providers: 'own', ...(pin && { pin }) } as const;
  const request = chatRequest('hi', { envelope });
  const [upstream] = providers.directory.candidates(request);
  if (upstream === undefined) throw new Error('nobody can be asked');
  return collect(upstream.backend.infer(request, { signal }));
}

test('a provider and what its keys are good for survive a restart; the key is nowhere in clear', async () => {
  const { start, folder, database } = await groundOf();
  const mock = await mockOf();
  const first = await start();
  const keys = [secret, 'sk-other-key'];
  const added = await first.add({ preset: 'custom', baseUrl: mock.baseUrl, keys }, { signal });
  expect(added).toMatchObject({ name: new URL(mock.baseUrl).host, state: { phase: 'ok' } });
  expect(added.keys.map(({ shown }) => shown)).toEqual(['sk-c…cret', 'sk…ey']);
  mock.behave = ({ key }) => ({ kind: key === secret ? 'billing' : 'well' });
  await ask(first);
  await first.dispose();

  const second = await start();
  const [restored] = second.list();
  expect(restored).toMatchObject({ id: added.id, models: [{ name: 'pond' }] });
  expect(restored?.keys[0]?.state).toMatchObject({ phase: 'exhausted' });
  await ask(second);
  expect(mock.calls.map(({ key }) => key)).toEqual([secret, 'sk-other-key', 'sk-other-key']);

  for (const name of await readdir(folder)) {
    expect(await readFile(join(folder, name), 'utf8')).not.toContain('canary-4711');
  }
  const rows = await Promise.all(
    (['providers', 'provider_keys'] as const).map((table) =>
      database.selectFrom(table).selectAll().execute(),
    ),
  );
  expect(JSON.stringify([rows, second.list()])).not.toContain('canary-4711');

  await second.remove(added.id);
  expect(await createSecretStore({ folder }).names()).toEqual([]);
});

test('nothing is kept of a provider that does not answer with its models', async () => {
  const { start } = await groundOf();
  const providers = await start();
  const mock = await mockOf();
  await mock.close();
  const adding = providers.add({ preset: 'custom', baseUrl: mock.baseUrl, keys: [] }, { signal });
  await expect(adding).rejects.toMatchObject({ code: 'unavailable' });
  const itself = { preset: 'custom', baseUrl: 'http://127.0.0.1:8484/v1', keys: [] };
  await expect(providers.add(itself, { signal })).rejects.toMatchObject({ param: 'baseUrl' });
  const keyless = { preset: 'openai', keys: [] };
  await expect(providers.add(keyless, { signal })).rejects.toMatchObject({ param: 'keys' });
  await expect(providers.add({ preset: 'nobody', keys: [] }, { signal })).rejects.toMatchObject({
    param: 'preset',
  });
  expect(providers.list()).toEqual([]);
});

test('models are renamed, left out and pinned; two providers may share a name', async () => {
  const { start } = await groundOf();
  const providers = await start();
  const [one, two] = [await mockOf(['gpt-a', 'gpt-b']), await mockOf(['gpt-a'])];
  const added = await providers.add(
    { preset: 'custom', name: 'First One', baseUrl: one.baseUrl, keys: [secret] },
    { signal },
  );
  await providers.add(
    { preset: 'custom', name: 'Two', baseUrl: two.baseUrl, keys: [] },
    { signal },
  );
  const { directory } = providers;
  const own = { pools: [], providers: 'own' } as const;
  expect(directory.models(own).map(({ id }) => id)).toEqual(['gpt-a', 'gpt-b']);
  expect(directory.resolve('gpt-a', own)).toEqual({ id: 'gpt-a' });
  expect(directory.resolve('gpt-a@first-one', own)).toEqual({
    id: 'gpt-a',
    pin: 'provider:first-one',
  });
  expect(directory.resolve('gpt-b@two', own)).toBeUndefined();
  await providers.update(added.id, { names: { 'gpt-a': 'smart' }, served: ['gpt-a'] });
  expect(directory.models(own).map(({ id }) => id)).toEqual(['smart', 'gpt-a']);
  const renamed = { id: 'smart', pin: 'provider:first-one' };
  expect(directory.resolve('gpt-a@First One', own)).toEqual(renamed);
  expect(directory.resolve('smart@first-one', own)).toEqual(renamed);
  const chunks = await ask(providers, 'smart');
  expect(JSON.parse(one.calls[0]?.body.toString() ?? '')).toMatchObject({ model: 'gpt-a' });
  expect(chunks[0]).toMatchObject({ servedBy: { model: 'smart', provider: 'First One' } });
  const limitedScope = { ...own, models: ['smart@first-one'] };
  expect(directory.models(limitedScope).map(({ id }) => id)).toEqual(['smart']);
  expect(directory.resolve('gpt-a', limitedScope)).toBeUndefined();
});

test('a key never follows its provider to another host', async () => {
  const { start } = await groundOf();
  const providers = await start();
  const [mock, other] = [await mockOf(), await mockOf()];
  const { id } = await providers.add(
    { preset: 'custom', baseUrl: mock.baseUrl, keys: [secret] },
    { signal },
  );
  const moved = await providers.update(id, { baseUrl: other.baseUrl });
  expect(moved.keys).toEqual([]);
  await providers.check(id);
  expect(other.listings.map(({ key }) => key).join('')).toBe('');
  const again = await providers.addKey(id, secret);
  await expect(providers.addKey(id, secret)).rejects.toMatchObject({ code: 'conflict' });
  const [key] = again.keys;
  expect((await providers.removeKey(id, key?.id ?? '')).keys).toEqual([]);
});

test('a key is removed from its own provider alone', async () => {
  const { start } = await groundOf();
  const providers = await start();
  const [mock, other] = [await mockOf(), await mockOf()];
  const add = ({ baseUrl }: typeof mock, name: string) =>
    providers.add({ preset: 'custom', baseUrl, keys: [secret], name }, { signal });
  const [first, second] = [await add(mock, 'one'), await add(other, 'two')];
  const keyId = second.keys[0]?.id ?? '';
  await expect(providers.removeKey(first.id, keyId)).rejects.toMatchObject({ code: 'not-found' });
  await providers.dispose();
  const again = await start();
  expect(again.list().find(({ id }) => id === second.id)?.keys).toMatchObject([
    { id: keyId, state: { phase: 'ready' } },
  ]);
});

test('providers of the config file are locked, keep what is known of their keys, and go with it', async () => {
  const { start } = await groundOf();
  const mock = await mockOf();
  const file = {
    name: 'Ours',
    preset: 'custom',
    baseUrl: mock.baseUrl,
    keys: [secret],
    served: ['pond'],
  };
  const first = await start();
  const removed: string[] = [];
  first.on('removed', (id) => removed.push(id));
  first.applyFile([file]);
  mock.behave = () => ({ kind: 'billing' });
  await expect(ask(first)).rejects.toMatchObject({ code: 'overloaded' });
  first.applyFile([{ ...file, access: 'everybody' }]);
  const [shown] = first.list();
  expect(shown).toMatchObject({ source: 'file', access: 'everybody' });
  expect(shown?.keys[0]?.state.phase).toBe('exhausted');
  const id = shown?.id ?? '';
  await expect(first.update(id, { name: 'x' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(first.remove(id)).rejects.toMatchObject({ code: 'conflict' });
  expect(() => first.applyFile([file, { ...file, name: 'OURS' }])).toThrow('Another provider');
  expect(first.list()).toHaveLength(1);
  await first.dispose();

  const second = await start();
  expect(second.list()).toEqual([]);
  second.applyFile([file]);
  expect(second.list()[0]?.keys[0]?.state.phase).toBe('exhausted');
  first.applyFile([]);
  expect(removed).toEqual([id]);
});

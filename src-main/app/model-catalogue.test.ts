import { expect, test } from 'vitest';
import { fakeServer, openAttachedServers } from '../testing/open-attached-servers.ts';
import { ModelCatalogue } from './model-catalogue.ts';

test('a long list of attached models is described by asking for it once', async () => {
  const server = await fakeServer({
    models: Array.from({ length: 500 }, (_, index) => ({ id: `model-${index.toString()}` })),
  });
  const { attached } = openAttachedServers();
  const { signal } = new AbortController();
  const { id, state } = await attached.add({ url: server.url, name: 'Mine' }, { signal });
  let lists = 0;
  const store = { list: () => Promise.resolve(new Map()), save: () => Promise.resolve() };
  const catalogue = new ModelCatalogue(store, new Map());
  catalogue.connect({
    library: { list: () => [], find: () => undefined },
    engines: {
      describe: () => {
        throw new Error('nothing is installed');
      },
    },
    checks: { of: () => undefined },
    choices: () => [],
    engineOf: () => undefined,
    attached: {
      models: () => {
        lists += 1;
        return attached.models();
      },
      find: (name) => attached.find(name),
    },
  });
  expect(catalogue.list()).toHaveLength(500);
  expect(catalogue.describe('model-499')).toMatchObject({
    ...{ id: 'model-499', source: 'attached' },
    server: { id, name: 'Mine', runsElsewhere: false },
    state: { phase: 'ready', since: state.since },
  });
  expect(lists).toBe(1);
});

import { describe, expect, test } from 'vitest';
import { chatRequest } from '../../testing/inference-requests.ts';
import type { ModelAlias } from '../ports.ts';
import { directoryOfModels, memoryAliasStore } from './aliases.fixture.ts';
import type { TestModels } from './aliases.fixture.ts';
import { createAliases } from './create-aliases.ts';

const nobody = { upstreams: [] };

async function open(models: TestModels = { llama: nobody, claude: nobody }) {
  const store = memoryAliasStore();
  let changes = 0;
  const deps = {
    store,
    directory: directoryOfModels(models),
    everything: () => ({ pools: [], providers: 'own' as const }),
    clock: { now: () => 1000 },
    onChanged: () => (changes += 1),
  };
  const aliases = await createAliases(deps);
  return { aliases, store, models, reopen: () => createAliases(deps), changes: () => changes };
}

function alias(name: string, ...models: readonly string[]): ModelAlias {
  return { name, members: models.map((model) => ({ model })), mayCrossToCloud: false };
}

describe('aliases', () => {
  test('are kept, replaced, found again after a restart, and removed', async () => {
    const { aliases, reopen, changes } = await open();
    await aliases.save(alias('smart', 'llama'));
    await aliases.save({
      ...alias('smart', 'llama', 'claude@far'),
      mayCrossToCloud: true,
    });
    const again = await reopen();
    expect(again.list()).toEqual([
      {
        name: 'smart',
        members: [{ model: 'llama' }, { model: 'claude@far' }],
        mayCrossToCloud: true,
        createdAt: 1000,
        source: 'database',
      },
    ]);
    await aliases.remove('smart');
    expect(aliases.find('smart')).toBeUndefined();
    expect((await reopen()).list()).toEqual([]);
    expect(changes()).toBe(3);
    await expect(aliases.remove('smart')).rejects.toMatchObject({ code: 'not-found' });
  });

  test.each([
    ['a name that a model has', alias('llama', 'claude'), 'name'],
    ['a member that nobody has', alias('smart', 'llama', 'nobody'), 'members'],
    ['itself as member', alias('smart', 'smart'), 'members'],
    ['an alias as member', alias('smart', 'inner'), 'members'],
    ['a member twice', alias('smart', 'llama', 'llama'), 'members'],
    ['no member', alias('smart'), 'members'],
    [
      'too many members',
      alias('smart', ...Array.from({ length: 21 }, (_, i) => `m${String(i)}`)),
      'members',
    ],
    ['a name that looks like a pin', alias('smart@home', 'llama'), 'name'],
    ['a line break in its name', alias('smart\r\nx-evil: 1', 'llama'), 'name'],
    ['no name', alias('', 'llama'), 'name'],
  ])('%s is refused, and nothing is kept', async (_what, wrong, param) => {
    const { aliases, store } = await open();
    await aliases.save(alias('inner', 'llama'));
    await expect(aliases.save(wrong)).rejects.toMatchObject({ code: 'invalid-request', param });
    expect([...store.rows.keys()]).toEqual(['inner']);
    expect(aliases.list().map(({ name }) => name)).toEqual(['inner']);
  });

  test('a name that another alias has as its member is refused', async () => {
    const { aliases, models } = await open();
    await aliases.save(alias('outer', 'llama'));
    delete models['llama'];
    await expect(aliases.save(alias('llama', 'claude'))).rejects.toMatchObject({ param: 'name' });
  });

  test('say what is wrong with them when a member goes or a model takes their name', async () => {
    const { aliases, models } = await open();
    await aliases.save(alias('smart', 'llama', 'claude'));
    expect(aliases.list()[0]?.problem).toBeUndefined();
    delete models['claude'];
    expect(aliases.list()[0]?.problem).toContain("'claude'");
    models['smart'] = nobody;
    expect(aliases.list()[0]?.problem).toContain("'smart' already");
  });

  test('of the config file win over stored ones, and are changed there alone', async () => {
    const { aliases } = await open();
    await aliases.save(alias('smart', 'llama'));
    aliases.useFile([alias('smart', 'claude'), alias('later', 'not-there-yet')]);
    expect(aliases.list()).toMatchObject([
      {
        name: 'later',
        source: 'file',
        problem: expect.stringContaining('not-there-yet') as string,
      },
      { name: 'smart', source: 'file', members: [{ model: 'claude' }] },
    ]);
    await expect(aliases.save(alias('smart', 'llama'))).rejects.toMatchObject({
      code: 'conflict',
      reason: 'locked-by-file',
    });
    await expect(aliases.remove('smart')).rejects.toMatchObject({ code: 'conflict' });
    expect(() => {
      aliases.useFile([alias('a', 'b'), alias('b', 'llama')]);
    }).toThrow(/'b' is an alias itself/);
    expect(aliases.find('later')).toBeDefined();
    aliases.useFile([]);
    expect(aliases.list()).toMatchObject([{ source: 'database', members: [{ model: 'llama' }] }]);
  });

  test('stand among the models with what any of their members can do', async () => {
    const { aliases } = await open({
      llama: { upstreams: [], offered: { contextLength: 4096, isReady: false } },
      claude: {
        upstreams: [],
        offered: { contextLength: 200_000 },
        isVisible: ({ providers }) => providers !== undefined,
      },
    });
    await aliases.save(alias('smart', 'llama', 'claude'));
    const shown = (providers?: 'own') =>
      aliases.directory
        .models({ pools: [], ...(providers && { providers }) })
        .find(({ id }) => id === 'smart');
    expect(shown('own')).toMatchObject({ ownedBy: 'alias', contextLength: 200_000, isReady: true });
    expect(shown()).toMatchObject({ contextLength: 4096, isReady: false });
  });

  test('name every model that may answer, for whoever prices a request', async () => {
    const { aliases } = await open();
    await aliases.save(alias('smart', 'llama', 'claude@far'));
    const asked = chatRequest('x', { envelope: { model: 'smart', alias: 'smart' } });
    expect(aliases.candidateModels(asked)).toEqual(['llama', 'claude']);
    expect(aliases.candidateModels(chatRequest('x', { envelope: { model: 'llama' } }))).toEqual([
      'llama',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { saying } from '../../testing/scripted-backend.ts';
import { keyOf, openAliases, textOf, upstream } from './aliases.fixture.ts';
import type { TestModels } from './aliases.fixture.ts';

const broken = new MillpondError('unavailable', 'It is gone');

describe('rights behind an alias', () => {
  const models = () => ({
    open: { upstreams: [upstream('open', broken)] },
    secret: { upstreams: [upstream('secret', () => saying('secret'))] },
  });

  test('a key that may ask one member gets that one alone', async () => {
    const made = models();
    const { ask, save, route } = await openAliases(made);
    await save(['open', 'secret']);
    const caller = keyOf({ models: ['open'] });
    await expect(textOf(ask({ caller }))).rejects.toMatchObject({ code: 'unavailable' });
    expect(made.secret.upstreams[0]?.backend.calls).toHaveLength(0);
    expect(route()?.alias?.members[1]).toMatchObject({ model: 'secret', outcome: 'skipped' });
  });

  test('a key that may ask none of them does not know the alias', async () => {
    const { ask, save, aliases } = await openAliases(models());
    await save(['open', 'secret']);
    const caller = keyOf({ models: ['something'] });
    expect(() => ask({ caller })).toThrow(expect.objectContaining({ code: 'model-not-found' }));
    expect(aliases.directory.models({ pools: [], models: ['something'] })).toEqual([]);
  });

  test('a key whose list names the alias may ask its members through it, and only so', async () => {
    const { ask, save, aliases } = await openAliases(models());
    await save(['open', 'secret']);
    const caller = keyOf({ models: ['smart'] });
    expect(await textOf(ask({ caller }))).toBe('secret');
    expect(() => ask({ caller, name: 'secret' })).toThrow(
      expect.objectContaining({ code: 'model-not-found' }),
    );
    const listed = aliases.directory.models({ pools: [], models: ['smart'] });
    expect(listed.map(({ id }) => id)).toEqual(['smart']);
  });

  test('a name that a model has means the model', async () => {
    const made: TestModels = models();
    const { ask, save, aliases } = await openAliases(made);
    await save(['open', 'secret']);
    made['smart'] = { upstreams: [upstream('new', () => saying('the model'))] };
    expect(await textOf(ask())).toBe('the model');
    expect(aliases.list()[0]?.problem).toContain("'smart' already");
    expect(aliases.directory.models({ pools: [] }).filter(({ id }) => id === 'smart')).toHaveLength(
      1,
    );
  });
});

import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { everyCapability } from '../../testing/gateway-fixture.ts';
import { saying, textChunks } from '../../testing/scripted-backend.ts';
import { keyOf, openAliases, textOf, upstream } from './aliases.fixture.ts';

const cloud = { kind: 'provider' } as const;
const broken = new MillpondError('unavailable', 'It is gone');
describe('the walk through an alias', () => {
  test('asks the first member, and says in headers and route who answered under which name', async () => {
    const a = upstream('a', () => saying('from a'));
    const b = upstream('b', () => saying('from b'));
    const { ask, save, route } = await openAliases({
      first: { upstreams: [a] },
      second: { upstreams: [b] },
    });
    await save(['first', 'second']);
    const chunks = await Array.fromAsync(ask());
    expect(chunks[0]).toMatchObject({
      type: 'head',
      headers: { 'x-millpond-alias': 'smart', 'x-millpond-attempts': '1' },
    });
    expect(await textOf(fromArray(chunks))).toBe('from a');
    expect(a.backend.calls[0]?.request.envelope).toMatchObject({ model: 'first', alias: 'smart' });
    expect(b.backend.calls).toHaveLength(0);
    expect(route()).toMatchObject({
      alias: { name: 'smart', members: [{ model: 'first', isCloud: false, outcome: 'answered' }] },
      attempts: [{ upstream: 'a', model: 'first' }],
    });
  });

  test.each([
    broken,
    new MillpondError('rate-limited', 'Too many', { retryAfterMs: 1000 }),
    new MillpondError('out-of-memory', 'Full'),
  ])('goes on after a failure that another one may not have: $code', async (failure) => {
    const { ask, save, route } = await openAliases({
      first: { upstreams: [upstream('a', failure)] },
      second: { upstreams: [upstream('b', () => saying('from b'))] },
    });
    await save(['first', 'second']);
    const chunks = await Array.fromAsync(ask());
    expect(chunks.find(({ type }) => type === 'head')).toMatchObject({
      headers: { 'x-millpond-attempts': '2' },
    });
    expect(await textOf(fromArray(chunks))).toBe('from b');
    expect(route()?.alias?.members).toEqual([
      { model: 'first', isCloud: false, outcome: 'failed', reason: failure.message },
      { model: 'second', isCloud: false, outcome: 'answered' },
    ]);
    expect(route()?.attempts).toMatchObject([
      { model: 'first', failure: { code: failure.code } },
      { model: 'second' },
    ]);
  });

  test('stops at a mistake of the caller', async () => {
    const b = upstream('b', () => saying('from b'));
    const wrong = new MillpondError('invalid-request', 'No');
    const { ask, save } = await openAliases({
      first: { upstreams: [upstream('a', wrong)] },
      second: { upstreams: [b] },
    });
    await save(['first', 'second']);
    await expect(textOf(ask())).rejects.toBe(wrong);
    expect(b.backend.calls).toHaveLength(0);
  });

  test('never goes on once content was sent: no two answers are mixed', async () => {
    const b = upstream('b', () => saying('from b'));
    const half = () => [...saying('half').slice(0, 1), ...textChunks('half'), broken];
    const { ask, save } = await openAliases({
      first: { upstreams: [upstream('a', half)] },
      second: { upstreams: [b] },
    });
    await save(['first', 'second']);
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of ask()) if (chunk.type === 'text') seen.push(chunk.text);
    };
    await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toEqual(['half']);
    expect(b.backend.calls).toHaveLength(0);
  });

  test('after a context that was too short asks only models with a longer one', async () => {
    const short = upstream('b', () => saying('from b'));
    const overflow = new MillpondError('context-overflow', 'Too long');
    const { ask, save, route } = await openAliases({
      first: { upstreams: [upstream('a', overflow)], offered: { contextLength: 4096 } },
      second: { upstreams: [short], offered: { contextLength: 2048 } },
      third: { upstreams: [upstream('c', () => saying('c'))], offered: { contextLength: 8192 } },
    });
    await save(['first', 'second', 'third']);
    expect(await textOf(ask())).toBe('c');
    expect(short.backend.calls).toHaveLength(0);
    expect(route()?.alias?.members[1]).toMatchObject({ model: 'second', outcome: 'skipped' });
  });

  test('a member that cannot do what is asked leaves it to one that can', async () => {
    const { ask, save } = await openAliases({
      first: {
        upstreams: [upstream('a', () => saying('a'))],
        offered: { capabilities: { ...everyCapability, chat: false } },
      },
      second: { upstreams: [upstream('b', () => saying('b'))] },
    });
    await save(['first', 'second']);
    expect(await textOf(ask())).toBe('b');
  });

  test('tries four members at most, and tells the failure that passes by itself', async () => {
    const names = ['m1', 'm2', 'm3', 'm4', 'm5'];
    const made = names.map((name, index) =>
      upstream(
        name,
        index === 1
          ? new MillpondError('rate-limited', 'Slow down')
          : new MillpondError('context-overflow', 'Too long'),
      ),
    );
    const models = Object.fromEntries(
      names.map((name, index) => [name, { upstreams: made.slice(index, index + 1) }]),
    );
    const { ask, save } = await openAliases(models);
    await save(names);
    await expect(textOf(ask())).rejects.toMatchObject({ code: 'rate-limited' });
    expect(made.map(({ backend }) => backend.calls.length)).toEqual([1, 1, 1, 1, 0]);
  });

  test('one deadline holds for all members together', async () => {
    const b = upstream('b', () => saying('b'));
    const never = upstream('a', () => [() => new Promise(() => {})]);
    const { ask, save, clock } = await openAliases({
      first: { upstreams: [never] },
      second: { upstreams: [b] },
    });
    await save(['first', 'second']);
    const answer = textOf(ask({ envelope: { deadlineAt: clock.now() + 5000 } }));
    const refused = expect(answer).rejects.toMatchObject({ code: 'unavailable' });
    await clock.advance(5000);
    await refused;
    expect(b.backend.calls).toHaveLength(0);
  });

  test('a caller who leaves ends it', async () => {
    const b = upstream('b', () => saying('b'));
    const a = upstream('a', () => [() => new Promise(() => {})]);
    const { ask, save } = await openAliases({
      first: { upstreams: [a] },
      second: { upstreams: [b] },
    });
    await save(['first', 'second']);
    const leave = new AbortController();
    const called = a.backend.nextCall();
    const answer = textOf(ask({ signal: leave.signal }));
    const left = expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await called;
    leave.abort(new MillpondError('cancelled', 'The caller left'));
    await left;
    expect(b.backend.calls).toHaveLength(0);
  });
});

describe('clouds behind an alias', () => {
  const local = () => ({ upstreams: [upstream('a', broken)] });

  test('are not asked after a machine unless the alias says so', async () => {
    const far = upstream('far', () => saying('far'), cloud);
    const { ask, save, route } = await openAliases({ first: local(), far: { upstreams: [far] } });
    await save(['first', 'far']);
    await expect(textOf(ask())).rejects.toMatchObject({ code: 'unavailable' });
    expect(far.backend.calls).toHaveLength(0);
    expect(route()?.alias?.members[1]).toMatchObject({ isCloud: true, outcome: 'skipped' });
    await save(['first', 'far'], true);
    expect(await textOf(ask())).toBe('far');
    expect(route()?.alias?.members[1]).toMatchObject({ isCloud: true, outcome: 'answered' });
  });

  test('a machine that nobody has at the moment is a machine nevertheless', async () => {
    const far = upstream('far', () => saying('far'), cloud);
    const { ask, save } = await openAliases({
      first: { upstreams: [] },
      far: { upstreams: [far] },
    });
    await save(['first', 'far']);
    await expect(textOf(ask())).rejects.toMatchObject({ code: 'unavailable' });
    expect(far.backend.calls).toHaveLength(0);
  });

  test('a machine that is out of sight is a machine nevertheless', async () => {
    const far = upstream('far', () => saying('far'), cloud);
    const models = {
      first: { upstreams: [upstream('a', () => saying('a'))], isVisible: () => true },
      far: { upstreams: [far] },
    };
    const { ask, save } = await openAliases(models);
    await save(['first', 'far']);
    models.first.isVisible = () => false;
    await expect(textOf(ask())).rejects.toMatchObject({ code: 'unavailable' });
    expect(far.backend.calls).toHaveLength(0);
  });

  test('may stand before machines, and before other clouds', async () => {
    const down = upstream('down', broken, cloud);
    const far = upstream('far', () => saying('far'), cloud);
    const { ask, save } = await openAliases({
      down: { upstreams: [down] },
      far: { upstreams: [far] },
      first: { upstreams: [upstream('a', () => saying('a'))] },
    });
    await save(['down', 'far', 'first']);
    expect(await textOf(ask())).toBe('far');
  });

  test('one whose provider is not for this caller is a cloud nevertheless', async () => {
    const far = upstream('far', () => saying('far'), cloud);
    const { ask, save, route } = await openAliases({
      private: {
        upstreams: [upstream('private', () => saying('private'), cloud)],
        isVisible: ({ providers }) => providers === 'own',
      },
      far: { upstreams: [far], isVisible: ({ providers }) => providers !== undefined },
    });
    await save(['private', 'far']);
    expect(await textOf(ask({ caller: keyOf({ providers: 'shared' }) }))).toBe('far');
    expect(route()?.alias?.members[0]).toMatchObject({ isCloud: true, outcome: 'skipped' });
  });

  test('cannot take the name of a machine that went away meanwhile', async () => {
    const far = upstream('far', () => saying('far'), cloud);
    const machine = upstream('a', () => saying('a'));
    let looks = 0;
    const { ask, save } = await openAliases({
      first: {
        upstreams: ({ envelope }) => {
          looks += 1;
          if (looks === 1) return [machine];
          return envelope.providers === undefined ? [] : [far];
        },
      },
    });
    await save(['first']);
    await expect(textOf(ask())).rejects.toMatchObject({ code: 'unavailable' });
    looks = 0;
    await save(['first'], true);
    expect(await textOf(ask())).toBe('far');
  });
});

async function* fromArray<T>(items: readonly T[]): AsyncGenerator<T, void, undefined> {
  await Promise.resolve();
  yield* items;
}

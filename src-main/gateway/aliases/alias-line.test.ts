import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { settle } from '../../testing/fake-clock.ts';
import { saying } from '../../testing/scripted-backend.ts';
import type { UpstreamOffer } from '../ports.ts';
import { openAliases, textOf, upstream } from './aliases.fixture.ts';

const broken = new MillpondError('unavailable', 'It is gone');
const oneSlot: UpstreamOffer = {
  state: { phase: 'ready' },
  slots: 1,
  busySlots: 0,
  waiting: 0,
  slotContents: [],
  penalties: [],
};

describe('a line that is too long', () => {
  const busy = () => {
    const gate = Promise.withResolvers<unknown>();
    const holder = upstream('a', () => [() => gate.promise, ...saying('a')], { offer: oneSlot });
    return { gate, holder };
  };

  test('is left for the next member after so long, and no place is held', async () => {
    const { gate, holder } = busy();
    const { ask, save, clock, router, route } = await openAliases({
      first: { upstreams: [holder] },
      second: { upstreams: [upstream('b', () => saying('b'))] },
    });
    await save([{ model: 'first', maxQueueMs: 3000 }, 'second']);
    const called = holder.backend.nextCall();
    const before = textOf(ask({ name: 'first' }));
    await called;
    const answer = textOf(ask());
    await settle();
    expect(router.load()).toEqual({ answering: 1, waiting: 1 });
    await clock.advance(2999);
    expect(router.load().waiting).toBe(1);
    await clock.advance(1);
    expect(await answer).toBe('b');
    expect(router.load()).toEqual({ answering: 1, waiting: 0 });
    expect(route()?.alias?.members).toMatchObject([
      { model: 'first', outcome: 'left-line' },
      { model: 'second', outcome: 'answered' },
    ]);
    gate.resolve(undefined);
    expect(await before).toBe('a');
    expect(router.load()).toEqual({ answering: 0, waiting: 0 });
  });

  test('of no milliseconds is left at once', async () => {
    const { gate, holder } = busy();
    const { ask, save } = await openAliases({
      first: { upstreams: [holder] },
      second: { upstreams: [upstream('b', () => saying('b'))] },
    });
    await save([{ model: 'first', maxQueueMs: 0 }, 'second']);
    const called = holder.backend.nextCall();
    const before = textOf(ask({ name: 'first' }));
    await called;
    expect(await textOf(ask())).toBe('b');
    gate.resolve(undefined);
    await before;
  });

  test('is left as soon as it is known that it will last too long', async () => {
    const waiting = { type: 'status', status: { phase: 'queued', position: 9 } } as const;
    const status: InferenceChunk = { ...waiting, status: { ...waiting.status, etaMs: 60_000 } };
    const a = upstream('a', () => [status, () => new Promise(() => {})]);
    const { ask, save } = await openAliases({
      first: { upstreams: [a] },
      second: { upstreams: [upstream('b', () => saying('b'))] },
    });
    await save([{ model: 'first', maxQueueMs: 30_000 }, 'second']);
    expect(await textOf(ask())).toBe('b');
    expect(a.backend.calls[0]?.signal.aborted).toBe(true);
  });

  test('does not count the time that an answer takes once it has its place', async () => {
    const gates = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
    let call = -1;
    const next = () => [() => gates[(call += 1)]?.promise ?? Promise.resolve(), ...saying('a')];
    const holder = upstream('a', next, { offer: oneSlot });
    const { ask, save, clock, router } = await openAliases({
      first: { upstreams: [holder] },
      second: { upstreams: [upstream('b', () => saying('b'))] },
    });
    await save([{ model: 'first', maxQueueMs: 3000 }, 'second']);
    const called = holder.backend.nextCall();
    const before = textOf(ask({ name: 'first' }));
    await called;
    const answer = textOf(ask());
    await clock.advance(2000);
    gates[0]?.resolve(undefined);
    await before;
    await settle();
    expect(router.load()).toEqual({ answering: 1, waiting: 0 });
    await clock.advance(10_000);
    gates[1]?.resolve(undefined);
    expect(await answer).toBe('a');
  });

  test('is gone back to when nobody else answers', async () => {
    const { gate, holder } = busy();
    const { ask, save, clock } = await openAliases({
      first: { upstreams: [holder] },
      second: { upstreams: [upstream('b', broken)] },
    });
    await save([{ model: 'first', maxQueueMs: 1000 }, 'second']);
    const called = holder.backend.nextCall();
    const before = textOf(ask({ name: 'first' }));
    await called;
    const answer = textOf(ask());
    await clock.advance(50_000);
    gate.resolve(undefined);
    await before;
    expect(await answer).toBe('a');
  });

  test('is stood in to the end by whoever has nobody else', async () => {
    const { gate, holder } = busy();
    const { ask, save, clock } = await openAliases({ first: { upstreams: [holder] } });
    await save([{ model: 'first', maxQueueMs: 1000 }]);
    const called = holder.backend.nextCall();
    const before = textOf(ask({ name: 'first' }));
    await called;
    const answer = textOf(ask());
    await clock.advance(50_000);
    gate.resolve(undefined);
    await before;
    expect(await answer).toBe('a');
  });
});

import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { createScriptedBackend, scriptedHead } from '../../testing/scripted-backend.ts';
import { randomSource } from '../../testing/random-source.ts';
import {
  checksum,
  losesAt,
  lost,
  machine,
  routerOver,
  statusesOf,
  tokensOf,
  wholeAnswer,
} from './scripted-machines.fixture.ts';
import type { Machine } from './scripted-machines.fixture.ts';

const length = 40;
const preempted = (): MillpondError =>
  new MillpondError('overloaded', 'Its owner needs it', { reason: 'preempted' });

describe('an answer whose machine is lost', () => {
  test('goes on exactly behind the last token, at 300 random places', async () => {
    const random = randomSource(5);
    const pick = (count: number): number => Math.floor(((random() + 1) / 2) * count);
    for (let run = 0; run < 300; run += 1) {
      const kills = new Map<number, number>();
      const before = (index: number): void => {
        const left = kills.get(index) ?? 0;
        if (left === 0) return;
        kills.set(index, left - 1);
        throw lost();
      };
      const count = 1 + pick(3);
      for (let kill = 0; kill < count; kill += 1) {
        kills.set(1 + pick(length - 1), 1);
      }
      const wanted = kills.size;
      const machines = ['a', 'b', 'c', 'd'].map((id) => machine(id, { length, before }));
      const { ask, router } = routerOver(machines);
      const chunks = await ask();
      const where = `run ${run.toString()}`;
      expect(checksum(tokensOf(chunks)), where).toBe(checksum(wholeAnswer(length)));
      expect(statusesOf(chunks).length, where).toBe(wanted);
      expect(chunks.filter(({ type }) => type === 'head')).toHaveLength(1);
      expect(chunks.at(-1)).toMatchObject({
        type: 'finish',
        usage: { promptTokens: 11, cachedTokens: 4, completionTokens: length },
      });
      expect(router.load()).toEqual({ answering: 0, waiting: 0 });
      expect(machines.every(({ running }) => running === 0)).toBe(true);
    }
  });

  test('says where it went, behind which token and how long it took', async () => {
    const { clock, ask, decisions } = routerOver([
      machine('a', losesAt(7)),
      machine('b', {
        length,
        first: () => clock.sleep(250),
      }),
    ]);
    const answered = ask();
    await clock.advance(250);
    const chunks = await answered;
    const moved = chunks.findIndex(({ type }) => type === 'status');
    expect(chunks[moved]).toEqual({
      type: 'status',
      status: { phase: 'moved', from: 'a machine', to: 'b machine', atToken: 7, pauseMs: 250 },
    });
    expect(tokensOf(chunks.slice(0, moved))).toEqual(wholeAnswer(7));
    expect(decisions.at(-1)?.attempts).toMatchObject([
      { machine: 'a machine', tokens: 7, failure: { reason: 'node-lost' } },
      { machine: 'b machine', tokens: length - 7, pauseMs: 250 },
    ]);
  });

  test('counts the pause from what its caller got last, not from when the loss was certain', async () => {
    const { clock, ask } = routerOver([
      machine('a', {
        length,
        before: async (at) => {
          if (at !== 7) return;
          await clock.sleep(2000);
          throw lost();
        },
      }),
      machine('b', { length, first: () => clock.sleep(250) }),
    ]);
    const answered = ask();
    await clock.advance(2000);
    await clock.advance(250);
    const [moved] = statusesOf(await answered);
    expect(moved).toMatchObject({ phase: 'moved', atToken: 7, pauseMs: 2250 });
  });

  test('an answer that a person had continued keeps its first part too', async () => {
    const a = machine('a', losesAt(20));
    const b = machine('b', { length });
    const { router } = routerOver([a, b]);
    const request = chatRequest('hi', {
      envelope: { privacy: 'trusted' },
      input: { continuation: { tokens: wholeAnswer(10) } },
    });
    const { signal } = new AbortController();
    const chunks = await Array.fromAsync(router.infer(request, { signal }));
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length).slice(10));
    expect(b.calls[0]?.request.input).toMatchObject({ continuation: { tokens: wholeAnswer(20) } });
  });

  test.each([
    ['nobody else is there', []],
    ['others have other weights', [machine('b', { offer: { digest: 'b'.repeat(64) } })]],
    [
      'others cannot go on',
      [
        machine('b', {
          offer: {
            capabilities: {
              ...{ chat: true, completion: true, embedding: true, rerank: true },
              ...{ tools: true, reasoning: true, vision: false, continuation: false },
            },
          },
        }),
      ],
    ],
    ['others are guests', [machine('b', { upstream: { trust: 'guest' } })]],
  ])('ends with the failure when %s', async (_why, others) => {
    const { router, request } = routerOver([machine('a', losesAt(5)), ...others]);
    const seen: number[] = [];
    const { signal } = new AbortController();
    const answer = async (): Promise<void> => {
      for await (const chunk of router.infer(request(), { signal })) {
        if (chunk.type === 'text') seen.push(...(chunk.tokens ?? []));
      }
    };
    await expect(answer()).rejects.toMatchObject({ reason: 'node-lost' });
    expect(seen).toEqual(wholeAnswer(5));
    expect(others.every(({ calls }) => calls.length === 0)).toBe(true);
  });

  test('several choices at once are nobody else’s to go on with', async () => {
    const b = machine('b', { length });
    const { router } = routerOver([machine('a', losesAt(5)), b]);
    const request = chatRequest('hi', { envelope: { privacy: 'trusted' }, input: { choices: 2 } });
    const { signal } = new AbortController();
    const answer = Array.fromAsync(router.infer(request, { signal }));
    await expect(answer).rejects.toMatchObject({ reason: 'node-lost' });
    expect(b.calls).toHaveLength(0);
  });

  test('gives up after three moves', async () => {
    const machines = ['a', 'b', 'c', 'd', 'e'].map((id, index) =>
      machine(id, losesAt(5 + 5 * index, lost, 9)),
    );
    const { ask } = routerOver(machines);
    await expect(ask()).rejects.toMatchObject({ reason: 'node-lost' });
    expect(machines.filter(({ calls }) => calls.length > 0)).toHaveLength(4);
  });

  test('an answer that ends without saying so is no whole answer', async () => {
    const half: Machine = machine('a', {
      upstream: {
        backend: createScriptedBackend(() => [
          scriptedHead,
          { type: 'text', text: 'x', tokens: wholeAnswer(1) },
        ]),
        kind: 'local',
      },
      offer: { digest: 'abcdef0123456789' },
    });
    const { ask } = routerOver([half]);
    await expect(ask()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'a machine ended in the middle of the answer',
    });
  });
});

describe('an answer whose place its owner took', () => {
  test('comes back to the same machine when nobody else has it', async () => {
    const only = machine('a', losesAt(9, preempted, 2));
    const { ask, clock } = routerOver([only]);
    const answered = ask();
    await clock.advance(1000);
    await clock.advance(2000);
    const chunks = await answered;
    expect(tokensOf(chunks)).toEqual(wholeAnswer(length));
    expect(only.calls).toHaveLength(3);
    expect(statusesOf(chunks)[0]).toMatchObject({ phase: 'queued', position: 1 });
    expect(chunks.at(-1)).toMatchObject({ usage: { completionTokens: length } });
  });

  test('goes to another machine at once when there is one', async () => {
    const other = machine('b', { length });
    const { ask } = routerOver([machine('a', losesAt(9, preempted)), other]);
    expect(tokensOf(await ask())).toEqual(wholeAnswer(length));
    expect(other.calls).toHaveLength(1);
  });

  test('does not wait for ever', async () => {
    const only = machine('a', losesAt(9, preempted));
    const { ask, clock } = routerOver([only]);
    const answered = ask();
    await clock.advance(10);
    only.set({ busySlots: 1 });
    const refused = expect(answered).rejects.toMatchObject({ reason: 'preempted' });
    await clock.advance(121_000);
    await refused;
    expect(only.calls).toHaveLength(1);
  });
});

describe('whether somebody else could go on', () => {
  test('is told as it is at that moment', async () => {
    const told: boolean[] = [];
    const other = machine('b', { length });
    const first = machine('a', {
      length: 4,
      before: (index, call) => {
        if (index === 2) other.set({ busySlots: 1 });
        if (index === 3) other.set({ busySlots: 0, digest: 'b'.repeat(64) });
        told.push(call.options.canMoveOn?.() ?? false);
      },
    });
    const { ask } = routerOver([first, other]);
    await ask();
    expect(told).toEqual([true, true, false, false]);
  });
});

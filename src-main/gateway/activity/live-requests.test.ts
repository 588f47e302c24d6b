import { describe, expect, test } from 'vitest';
import type { RequestRecord, RouteDecision } from '../../contract/activity.ts';
import type { AnswerStatus, InferenceChunk } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { finishChunk, scriptedHead, textChunks } from '../../testing/scripted-backend.ts';
import type { Caller } from '../caller.ts';
import type { Scope } from '../ports.ts';
import { createLiveRequests } from './live-requests.ts';

const member: Caller = {
  ...{ kind: 'member', personId: 'ann', membershipId: 'm', name: 'Ann' },
  ...{ poolId: 'lab', scope: { pools: ['lab'], isVisitor: true } },
};

function begin(caller: Caller = member) {
  const clock = createFakeClock();
  const told: RequestRecord[] = [];
  const ended: RequestRecord[] = [];
  const asked: Scope[] = [];
  const live = createLiveRequests({
    clock,
    isReady: (_model, scope) => {
      asked.push(scope);
      return true;
    },
    onChanged: (record) => told.push(record),
    onEnded: (record) => ended.push(record),
    settle: ({ usage }) => (usage === undefined ? {} : { costMicros: 9 }),
  });
  const request = live.begin({
    request: chatRequest('hi'),
    caller,
    signal: new AbortController().signal,
    receivedAt: clock.now(),
    client: 'test',
    path: 'tunnel',
    streamed: true,
  });
  const say = (status: AnswerStatus): void => {
    request.observe({ type: 'status', status });
  };
  const see = (...chunks: readonly InferenceChunk[]): void => {
    for (const chunk of chunks) request.observe(chunk);
  };
  return { request, say, see, told, ended, asked, last: () => told.at(-1) };
}

describe('a request on its way through a pool', () => {
  test('shows whose it is, and is ready or not for those who see the machine', () => {
    const { last, asked } = begin();
    expect(last()).toMatchObject({ caller: 'Ann', personId: 'ann', poolId: 'lab' });
    expect(asked).toEqual([{ pools: ['lab'], isVisitor: true }]);
  });

  test('shows its place in line only while it waits', () => {
    const { say, see, last } = begin();
    say({ phase: 'queued', position: 3, etaMs: 900 });
    expect(last()).toMatchObject({ state: 'waiting', queue: { position: 3, etaMs: 900 } });
    say({ phase: 'loading', machine: 'Attic', share: 0.5 });
    expect(last()).toMatchObject({ state: 'loading', machine: 'Attic' });
    expect(last()).not.toHaveProperty('queue');
    say({ phase: 'queued', position: 1 });
    see(scriptedHead, ...textChunks('x'));
    expect(last()?.state).toBe('answering');
    expect(last()).not.toHaveProperty('queue');
  });

  test('shows the machines it came over from, and why it went where it is', () => {
    const { request, say, see, ended } = begin();
    see(scriptedHead, ...textChunks('x'));
    say({ phase: 'moved', from: 'test-machine', to: 'Attic', atToken: 1, pauseMs: 5 });
    say({ phase: 'moved', from: 'Attic', to: 'Studio', atToken: 2, pauseMs: 5 });
    const route: RouteDecision = {
      ...{ strategy: 'sticky', candidates: [], attempts: [] },
      ...{ queuedMs: 0, isSticky: true },
    };
    request.routed(route);
    see(finishChunk(2));
    request.succeed();
    request.end();
    expect(ended).toMatchObject([
      { state: 'done', machine: 'Studio', movedFrom: ['test-machine', 'Attic'], route },
    ]);
  });

  test('says which alias, key and provider it was, and what it cost', () => {
    const { request, see, ended } = begin({
      ...{ kind: 'key', personId: 'ann', keyId: 'k1', name: 'laptop', tags: ['team-a'] },
    });
    const servedBy = { upstream: 'p1', machine: 'Work', model: 'opus', provider: 'Work' };
    const headers = { 'x-millpond-alias': 'clever' };
    see({ type: 'head', servedBy, headers }, finishChunk(2));
    request.succeed();
    request.end();
    expect(ended).toMatchObject([
      {
        ...{ keyId: 'k1', tags: ['team-a'], alias: 'clever', provider: 'Work', upstream: 'p1' },
        ...{ model: 'opus', costMicros: 9, caller: 'laptop' },
      },
    ]);
  });

  test('that was left in line keeps no place', () => {
    const { request, say, ended } = begin();
    say({ phase: 'queued', position: 3 });
    request.end();
    expect(ended).toMatchObject([{ state: 'cancelled' }]);
    expect(ended[0]).not.toHaveProperty('queue');
  });
});

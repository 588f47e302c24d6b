import { expect, test } from 'vitest';
import type { RequestRecord } from '../../contract/activity.ts';
import type { PoolHappening } from '../../gateway/nodes/nodes.ts';
import { tellAnswerEvents } from './answer-events.ts';

const lost = { code: 'unavailable', message: 'It was lost', reason: 'node-lost' } as const;

function attempt(machine: string, tokens: number, pauseMs?: number) {
  return {
    ...{ upstream: `id of ${machine}`, machine, startedMs: 0, tokens },
    ...(pauseMs !== undefined && { pauseMs }),
  };
}

/** What the pool is told of a request that went from one machine to the next. */
function toldOf(record: Partial<RequestRecord>): PoolHappening[] {
  const told: PoolHappening[] = [];
  tellAnswerEvents(
    {
      ...{ id: 'request', startedAt: 1, caller: 'window', client: 'test', task: 'chat' },
      ...{ path: '/v1/chat/completions', model: 'guide', streamed: true, state: 'done' },
      ...record,
    },
    {
      nodes: { happened: (happening) => told.push(happening) },
      poolOf: (machineId) => (machineId === 'id of Attic' ? 'pool' : undefined),
    },
  );
  return told;
}

const about = { poolId: 'pool', requestId: 'request', model: 'guide' };

test('each move of an answer is told with its place and its pause, whoever did not take it between', () => {
  const attempts = [
    attempt('Attic', 7),
    attempt('Barn', 0),
    attempt('Cellar', 10, 250),
    attempt('Barn', 3, 1200),
  ];
  const route = { strategy: 'expected-time', candidates: [], attempts, queuedMs: 0 };
  expect(
    toldOf({
      machine: 'Barn',
      movedFrom: ['Attic', 'Cellar'],
      route: { ...route, isSticky: true },
    }),
  ).toEqual([
    { ...about, kind: 'answer-moved', machine: 'Attic', to: 'Cellar', atToken: 7, pauseMs: 250 },
    { ...about, kind: 'answer-moved', machine: 'Cellar', to: 'Barn', atToken: 17, pauseMs: 1200 },
  ]);
});

test('one that nobody went on with is told as lost', () => {
  const record = { poolId: 'pool', machine: 'Attic', state: 'failed', error: lost } as const;
  expect(toldOf(record)).toEqual([
    { ...about, kind: 'answer-lost', machine: 'Attic', reason: 'It was lost' },
  ]);
});

test('one that stayed where it was is not told', () => {
  expect(toldOf({ poolId: 'pool', machine: 'Attic' })).toEqual([]);
});

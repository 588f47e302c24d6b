import { describe, expect, test } from 'vitest';
import type { RequestRecord, RouteDecision } from '../../../api.ts';
import { activityPageSize, withRequests } from '../../../state/activity.ts';
import { machineWords } from './ActivityRow.tsx';
import { matchesFilter } from './activity-filter.ts';
import { decodeRate, firstTokenMs, timeSpansOf } from './request-figures.ts';
import {
  chosenOf,
  inOrder,
  isSoonest,
  longestOf,
  membersBefore,
  outcomeOf,
  partsOf,
  rivalsOf,
  tokensBeforeMove,
} from './route-figures.ts';
import type { Candidate } from './route-figures.ts';
import { withChange } from './use-activity-list.ts';
import { shownRows } from './waiting-rows.ts';

function request(
  id: string,
  startedAt: number,
  change: Partial<RequestRecord> = {},
): RequestRecord {
  return {
    id,
    startedAt,
    caller: 'window',
    client: 'curl',
    task: 'chat',
    path: '/v1/chat/completions',
    model: 'guide',
    streamed: true,
    state: 'done',
    ...change,
  };
}

const timings = { queuedMs: 100, loadMs: 0, prefillMs: 300, firstTokenMs: 350, decodeMs: 1000 };
const usage = { promptTokens: 10, cachedTokens: 0, completionTokens: 51, reasoningTokens: 0 };
const all = { state: undefined, search: '' };
const ids = (list: readonly RequestRecord[]) => list.map(({ id }) => id);

describe('the list', () => {
  test('is newest first, and a changed request replaces its older self', () => {
    const list = withRequests([request('a', 1), request('b', 2)], [request('c', 3)]);
    expect(ids(list)).toEqual(['c', 'b', 'a']);
    const changed = withRequests(list, [request('b', 2, { state: 'failed' })]);
    expect(ids(changed)).toEqual(['c', 'b', 'a']);
    expect(changed[1]?.state).toBe('failed');
  });

  test('takes in what matches, drops what no longer does, and keeps the count', () => {
    const running = { state: 'running', search: '' } as const;
    const empty = { requests: [], total: 0, error: undefined };
    const one = withChange(empty, request('a', 1, { state: 'answering' }), running);
    expect([ids(one.requests ?? []), one.total]).toEqual([['a'], 1]);
    const none = withChange(one, request('a', 1), running);
    expect([none.requests, none.total]).toEqual([[], 0]);
    expect(withChange(none, request('b', 2), running)).toBe(none);
  });

  test('never grows beyond a page', () => {
    const full = Array.from({ length: activityPageSize }, (_, at) => request(String(at), at));
    const start = { requests: withRequests([], full), total: full.length, error: undefined };
    const next = withChange(start, request('new', 9999), all);
    expect(next.requests).toHaveLength(activityPageSize);
    expect([next.requests?.[0]?.id, next.total]).toEqual(['new', activityPageSize + 1]);
  });

  test('new rows wait while somebody reads further down', () => {
    const list = [request('c', 3), request('b', 2), request('a', 1)];
    expect(shownRows(list, undefined)).toEqual({ rows: list, waiting: 0 });
    const { rows, waiting } = shownRows(list, new Set(['a', 'b']));
    expect([ids(rows), waiting]).toEqual([['b', 'a'], 1]);
  });
});

test('the filter compares state, model, caller and client', () => {
  expect(
    matchesFilter(request('a', 1, { state: 'loading' }), { state: 'running', search: '' }),
  ).toBe(true);
  expect(matchesFilter(request('a', 1), { state: 'failed', search: '' })).toBe(false);
  for (const search of ['GUIDE', ' wind', 'curl']) {
    expect(matchesFilter(request('a', 1), { state: undefined, search })).toBe(true);
  }
  expect(matchesFilter(request('a', 1), { state: undefined, search: 'completions' })).toBe(false);
});

describe('figures', () => {
  test('the first token counts to the prompt, the others to the rate', () => {
    expect(decodeRate(request('a', 1, { usage, timings }))).toBe(50);
    expect(firstTokenMs(request('a', 1, { usage, timings }))).toBe(450);
  });

  test('nothing measured is unknown, not zero', () => {
    expect(decodeRate(request('a', 1))).toBeUndefined();
    expect(firstTokenMs(request('a', 1))).toBeUndefined();
    expect(timeSpansOf(request('a', 1))).toEqual([]);
    const oneToken = { ...usage, completionTokens: 1 };
    expect(decodeRate(request('a', 1, { usage: oneToken, timings }))).toBeUndefined();
    const atOnce = { ...timings, decodeMs: 0.2 };
    expect(decodeRate(request('a', 1, { usage, timings: atOnce }))).toBeUndefined();
  });

  test('the parts of the time fill the whole, the rest included', () => {
    const spans = timeSpansOf(request('a', 1, { timings, durationMs: 2000 }));
    expect(spans.map(({ name, ms }) => [name, ms])).toEqual([
      ['queued', 100],
      ['load', 0],
      ['prefill', 300],
      ['decode', 1000],
      ['other', 600],
    ]);
    expect(spans.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(spans.at(-1)?.start).toBeCloseTo(0.7);
  });
});

describe('the route', () => {
  const candidate = (machine: string, more: Partial<Candidate> = {}): Candidate => ({
    ...{ upstream: machine, machine, isChosen: false },
    ...more,
  });
  const route: RouteDecision = {
    strategy: 'expected-time',
    candidates: [
      candidate('paused', { excluded: 'paused by its owner' }),
      candidate('slow', { expectedMs: 4000, loadMs: 3000, decodeMs: 1000 }),
      candidate('fast', { expectedMs: 1000, waitMs: 0, decodeMs: 1000, isChosen: true }),
    ],
    ...{ attempts: [], queuedMs: 0, isSticky: false },
  };

  test('begins with the chosen machine and ends with those that were not considered', () => {
    expect(inOrder(route).map(({ machine }) => machine)).toEqual(['fast', 'slow', 'paused']);
  });

  test('draws every part against the longest expected time, so that machines compare', () => {
    expect(longestOf(route)).toBe(4000);
    const [fast, slow] = inOrder(route).map((each) => partsOf(each, longestOf(route)));
    expect(fast).toEqual([{ part: 'decode', ms: 1000, share: 0.25 }]);
    expect(slow?.map(({ part, share }) => [part, share])).toEqual([
      ['load', 0.75],
      ['decode', 0.25],
    ]);
  });

  test('says of a machine that it was the soonest only where nobody was sooner', () => {
    const [fast, slow] = inOrder(route);
    expect(fast && isSoonest(fast, route)).toBe(true);
    expect(slow && isSoonest(slow, route)).toBe(false);
  });

  test('counts what was out when the answer moved, also behind an attempt that was refused', () => {
    const attempt = { upstream: 'a', machine: 'a', startedMs: 0, tokens: 0 };
    const attempts = [
      { ...attempt, tokens: 36 },
      { ...attempt, tokens: 0 },
      { ...attempt, tokens: 44, pauseMs: 2300 },
    ];
    expect(tokensBeforeMove({ ...route, attempts })).toBe(36);
    expect(tokensBeforeMove(route)).toBe(0);
  });

  test('behind an alias each member is judged by itself, and the last choice is the choice', () => {
    const [cheap, dear] = [
      candidate('openai', { model: 'gpt', expectedMs: 2000, isChosen: true }),
      candidate('anthropic', { model: 'claude', expectedMs: 3000, isChosen: true }),
    ];
    const walked: RouteDecision = {
      ...route,
      candidates: [cheap, dear],
      alias: {
        name: 'fast',
        members: [
          { model: 'guide', isCloud: false, outcome: 'skipped', reason: 'it does not exist' },
          { model: 'gpt', isCloud: true, outcome: 'failed', reason: 'overloaded' },
          { model: 'claude', isCloud: true, outcome: 'answered' },
          { model: 'never', isCloud: true, outcome: 'skipped' },
        ],
      },
    };
    expect(chosenOf(walked)).toBe(dear);
    expect(isSoonest(dear, walked)).toBe(true);
    expect(rivalsOf(dear, walked)).toEqual([dear]);
    expect(membersBefore(walked).map(({ model }) => model)).toEqual(['guide', 'gpt']);
    expect(outcomeOf(cheap, walked)).toBe('failed');
    expect(outcomeOf(dear, route)).toBeUndefined();
    expect(membersBefore(route)).toEqual([]);
  });

  test('names the machines that an answer came over from', () => {
    expect(machineWords(request('a', 1, { machine: 'b', movedFrom: ['a'] }), (key) => key)).toBe(
      'a → b',
    );
    expect(machineWords(request('a', 1), (key) => key)).toBe('–');
  });
});

test('the filter can show the requests to one pool', () => {
  const filter = { state: undefined, search: '', poolId: 'p1' };
  expect(matchesFilter(request('a', 1, { poolId: 'p1' }), filter)).toBe(true);
  expect(matchesFilter(request('b', 1), filter)).toBe(false);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { UsageLimits } from '../../contract/limits.ts';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { directoryOf, localUpstream, offeredModel } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture, RawResponse } from '../../testing/gateway-fixture.ts';
import type { Upstream } from '../ports.ts';
import { startSqlGateway } from '../../testing/open-sql-gateway.ts';
import { openTestDatabase } from '../../testing/open-test-database.ts';
import type { TestDatabase } from '../../testing/open-test-database.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep, ScriptedBackend } from '../../testing/scripted-backend.ts';
import { patience } from '../../testing/patience.ts';

// Through the real HTTP server and the real database. An answer takes 7 tokens of prompt and its own.

// Two hundred connections at once take their time.
vi.setConfig({ testTimeout: 60_000 });

let database: TestDatabase;
let clock: FakeClock;
let steps: () => Iterable<ScriptStep>;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
/** Ends what a test left waiting. */
let release: () => void;
const gateways = new Set<GatewayFixture>();

beforeEach(async () => {
  database = await openTestDatabase();
  clock = createFakeClock();
  steps = () => saying('Hello');
  release = () => undefined;
  fixture = await start();
});

afterEach(async () => {
  release();
  for (const { gateway } of gateways) await gateway.stop();
  gateways.clear();
  await database[Symbol.asyncDispose]();
});

async function start(upstreams?: readonly Upstream[]): Promise<GatewayFixture> {
  backend = createScriptedBackend(() => steps());
  const started = await startSqlGateway(database, backend, {
    clock,
    preferences: () => ({ keyless: false }),
    ...(upstreams && { directory: directoryOf([offeredModel('guide')], upstreams) }),
  });
  gateways.add(started);
  return started;
}

/** In good order, or as if its power was cut: nothing of it happens any more. */
async function restart(how: 'stop' | 'kill'): Promise<void> {
  if (how === 'stop') {
    await fixture.gateway.stop();
    gateways.delete(fixture);
  }
  fixture = await start();
}

async function makeKey(
  limits: UsageLimits,
): Promise<{ readonly key: string; readonly id: string }> {
  const { administration } = fixture.gateway;
  const { key, record } = await administration.create(database.ownerId, { name: 'k', limits });
  return { key, id: record.id };
}

function ask(key: string, more: object = { max_tokens: 20 }): Promise<RawResponse> {
  const body = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }], ...more };
  return fixture.post('/v1/chat/completions', body, { authorization: `Bearer ${key}` });
}

const count = (answers: readonly RawResponse[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

const codeOf = (answer: RawResponse): unknown =>
  (answer.json() as { readonly error?: { readonly code?: unknown } }).error?.code;

/** Answers of so many tokens that wait for the gate. */
function slowly(tokens: number) {
  const gate = Promise.withResolvers<undefined>();
  let running = 0;
  let most = 0;
  steps = () => [
    scriptedHead,
    () => {
      running += 1;
      most = Math.max(most, running);
      return gate.promise.then(() => {
        running -= 1;
      });
    },
    { type: 'text', text: 'x', usage: finishChunk(tokens).usage },
    finishChunk(tokens),
  ];
  release = () => {
    gate.resolve(undefined);
  };
  return { open: release, most: () => most };
}

test('E21: the sixth of five requests a minute is refused, and told when to come back', async () => {
  const { key } = await makeKey({ requestsPerMinute: 5 });
  for (let n = 4; n >= 0; n -= 1) {
    const answer = await ask(key);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ratelimit-limit-requests']).toBe('5');
    expect(answer.headers['x-ratelimit-remaining-requests']).toBe(n.toString());
    await clock.advance(1000);
  }
  const refused = await ask(key);
  expect(refused.status).toBe(429);
  expect(codeOf(refused)).toBe('rate_limit_exceeded');
  expect(refused.headers).toMatchObject({
    'retry-after': '55',
    'retry-after-ms': '55000',
    'x-ratelimit-limit-requests': '5',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '59s',
  });
  await clock.advance(54_999);
  expect((await ask(key)).status).toBe(429);
  await clock.advance(1);
  expect((await ask(key)).status).toBe(200);
  expect((await ask(key)).status).toBe(429);
});

test('E21: bursts at the edge of a minute are one burst', async () => {
  const { key } = await makeKey({ requestsPerMinute: 5 });
  const intoMinute = clock.now() % 60_000;
  await clock.advance(60_000 - intoMinute - 500);
  const before = await Promise.all(Array.from({ length: 10 }, () => ask(key)));
  await clock.advance(1000);
  const after = await Promise.all(Array.from({ length: 10 }, () => ask(key)));
  expect([count(before, 200), count(after, 200)]).toEqual([5, 0]);
});

test('E21: ten long calls at once hold two slots, and reserved tokens bound what they use', async () => {
  const { key } = await makeKey({ concurrentRequests: 2, tokensPerMinute: 1000 });
  const slow = slowly(400);
  const called = backend.nextCall().then(() => backend.nextCall());
  const answers = Promise.all(
    Array.from({ length: 10 }, () => ask(key, { max_tokens: 450, stream: true })),
  );
  await called;
  await expect.poll(() => fixture.gateway.runningRequests(), patience).toBe(2);
  slow.open();
  const ended = await answers;
  expect([count(ended, 200), count(ended, 429), slow.most()]).toEqual([2, 8, 2]);
  // 814 of 1000 are used: what may take 450 has to wait, what may take less has not.
  const refused = await ask(key, { max_tokens: 450 });
  expect(refused.status).toBe(429);
  expect(refused.headers['x-ratelimit-remaining-tokens']).toBe('186');
  steps = () => saying('short');
  expect((await ask(key, { max_tokens: 100 })).status).toBe(200);
});

test('E21: a quota ends in a 429 that nobody tries again', async () => {
  const { key } = await makeKey({ tokensPerDay: 3000 });
  steps = () => [scriptedHead, finishChunk(593)];
  let answer = await ask(key, { max_tokens: 600 });
  let used = 0;
  while (answer.status === 200) {
    used += 600;
    answer = await ask(key, { max_tokens: 600 });
  }
  expect(used).toBeGreaterThanOrEqual(2400);
  expect(used).toBeLessThanOrEqual(3000);
  expect(answer.status).toBe(429);
  expect(codeOf(answer)).toBe('insufficient_quota');
  expect(answer.headers['x-should-retry']).toBe('false');
  const midnight = new Date(clock.now()).setHours(24, 0, 0, 0);
  expect(Number(answer.headers['retry-after-ms'])).toBe(midnight - clock.now());
});

test('E21: failed calls are given back', async () => {
  const { key, id } = await makeKey({
    requestsPerMinute: 50,
    tokensPerMinute: 1000,
    tokensPerDay: 3000,
  });
  steps = () => [new MillpondError('context-overflow', 'Too long')];
  for (let n = 0; n < 40; n += 1) expect((await ask(key, { max_tokens: 200 })).status).toBe(400);
  const uses = fixture.gateway.limits.usesOf({ kind: 'key', id });
  expect(uses).toMatchObject([
    { limit: 'requestsPerMinute', used: 40 },
    { limit: 'tokensPerMinute', used: 0 },
    { limit: 'tokensPerDay', used: 0 },
  ]);
});

test('E21: unlimited means unlimited', async () => {
  const { key } = await makeKey({});
  const answers: RawResponse[] = [];
  for (let round = 0; round < 5; round += 1) {
    answers.push(...(await Promise.all(Array.from({ length: 40 }, () => ask(key, {})))));
  }
  expect(count(answers, 200)).toBe(200);
  expect(answers[0]?.headers).not.toHaveProperty('x-ratelimit-limit-requests');
});

test('E21: two hundred callers at once get no request more than five', async () => {
  const { key } = await makeKey({ requestsPerMinute: 5 });
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(key)));
  expect([count(answers, 200), count(answers, 429)]).toEqual([5, 195]);
});

test('E21: two hundred callers at once get no slot more than three', async () => {
  const { key } = await makeKey({ concurrentRequests: 3 });
  const slow = slowly(5);
  let done = 0;
  const answers = Promise.all(
    Array.from({ length: 200 }, () =>
      ask(key).finally(() => {
        done += 1;
      }),
    ),
  );
  await expect.poll(() => done, patience).toBe(197);
  slow.open();
  expect([count(await answers, 200), slow.most()]).toEqual([3, 3]);
});

test.each(['tokensPerMinute', 'tokensPerDay', 'tokensPerMonth'] as const)(
  'E21: two hundred callers at once use at most one request more than %s, bounded or not',
  async (limit) => {
    for (const more of [{ max_tokens: 100 }, {}]) {
      const { key, id } = await makeKey({ [limit]: 1000 });
      const slow = slowly(100);
      let done = 0;
      const answers = Promise.all(
        Array.from({ length: 200 }, () =>
          ask(key, more).finally(() => {
            done += 1;
          }),
        ),
      );
      await expect.poll(() => done + fixture.gateway.runningRequests(), patience).toBe(200);
      slow.open();
      const used = count(await answers, 200) * 107;
      expect(used).toBeGreaterThan(0);
      expect(used).toBeLessThanOrEqual(1000 + 107);
      expect(fixture.gateway.limits.usesOf({ kind: 'key', id })).toMatchObject([{ limit, used }]);
    }
  },
);

test.each(['stop', 'kill'] as const)(
  'E21: a %s in the middle lets nothing more through',
  async (how) => {
    const { key } = await makeKey({ requestsPerMinute: 5 });
    const first = await Promise.all(Array.from({ length: 3 }, () => ask(key)));
    await restart(how);
    const second = await Promise.all(Array.from({ length: 200 }, () => ask(key)));
    expect(count(first, 200)).toBe(3);
    expect(count(second, 200)).toBe(how === 'stop' ? 2 : 0);
    await clock.advance(60_000);
    const third = await Promise.all(Array.from({ length: 200 }, () => ask(key)));
    expect(count(third, 200)).toBe(5);
  },
);

test.each(['stop', 'kill'] as const)('E21: a quota survives a %s', async (how) => {
  const { key } = await makeKey({ tokensPerDay: 3000 });
  steps = () => [scriptedHead, finishChunk(93)];
  let used = 0;
  const useUp = async (most: number): Promise<void> => {
    for (let n = 0; n < most; n += 1) {
      if ((await ask(key, { max_tokens: 93 })).status !== 200) return;
      used += 100;
    }
  };
  await useUp(7);
  await restart(how);
  await useUp(7);
  await restart(how);
  await useUp(100);
  expect(used).toBeLessThanOrEqual(3000);
  // A kill forfeits what was leased and not used.
  expect(used).toBeGreaterThanOrEqual(how === 'stop' ? 2900 : 2200);
});

test('E21: a key is shown once, and only its hash lies on the disk', async () => {
  const { key } = await makeKey({ requestsPerMinute: 5 });
  await ask(key);
  const { administration } = fixture.gateway;
  expect(JSON.stringify(administration.list(database.ownerId))).not.toContain(key.slice(10));
  const files = readdirSync(database.folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name)));
  const holding = (text: string): number => files.filter((bytes) => bytes.includes(text)).length;
  expect(holding(key)).toBe(0);
  expect(holding(key.slice(3))).toBe(0);
  // The search itself finds what is there.
  expect(holding(key.slice(0, 10))).toBeGreaterThan(0);
});

test('E21: expiry, model list, addresses, limits and revoking act at once', async () => {
  const { key, id } = await makeKey({});
  const { administration } = fixture.gateway;
  const change = (fields: Parameters<typeof administration.update>[2]) =>
    administration.update(database.ownerId, id, fields);
  expect((await ask(key)).status).toBe(200);

  await change({ models: ['another'] });
  expect(await ask(key)).toMatchObject({ status: 404 });
  await change({ models: null });
  expect((await ask(key)).status).toBe(200);

  await change({ allowedIps: ['192.0.2.0/24'] });
  const wrongPlace = await ask(key);
  expect([wrongPlace.status, codeOf(wrongPlace)]).toEqual([403, 'address_not_allowed']);
  expect(wrongPlace.text).toContain('may not be used from 127.0.0.1');
  await change({ allowedIps: ['192.0.2.0/24', '127.0.0.0/8'] });
  expect((await ask(key)).status).toBe(200);

  await change({ limits: { requestsPerMinute: 0 } });
  expect((await ask(key)).status).toBe(429);
  await change({ limits: null, expiresAt: clock.now() + 1000 });
  expect((await ask(key)).status).toBe(200);
  await clock.advance(1000);
  expect((await ask(key)).status).toBe(401);
  await change({ expiresAt: null });
  expect((await ask(key)).status).toBe(200);

  await administration.revoke(database.ownerId, id);
  const [revoked, unknown] = await Promise.all([ask(key), ask(`mp_${'x'.repeat(43)}`)]);
  expect([revoked.status, unknown.status]).toEqual([401, 401]);
  const words = ({ text, headers }: RawResponse): string =>
    text.replaceAll(String(headers['x-request-id']), '');
  expect(words(revoked)).toBe(words(unknown));
});

test('E21: one key with fifty requests in line does not starve another', async () => {
  const slot = { slots: 1, busySlots: 0, waiting: 0, slotContents: [], penalties: [] };
  const offer = { ...slot, state: { phase: 'ready' } } as const;
  fixture = await start([
    { ...localUpstream({ infer: (...asked) => backend.infer(...asked) }), offer },
  ]);
  const [many, one] = [await makeKey({}), await makeKey({})];
  const gate = slowly(1);
  const called = backend.nextCall();
  const fifty = Array.from({ length: 50 }, () => ask(many.key));
  await called;
  await expect.poll(() => fixture.gateway.routerLoad().waiting, patience).toBe(49);
  const single = ask(one.key);
  await expect.poll(() => fixture.gateway.routerLoad().waiting, patience).toBe(50);
  gate.open();
  expect((await single).status).toBe(200);
  expect(count(await Promise.all(fifty), 200)).toBe(50);
  const callers = backend.calls.map(({ request }) => request.envelope.caller);
  expect(callers.indexOf(`key:${one.id}`)).toBeLessThanOrEqual(2);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnswerCachePreferences } from '../ports.ts';
import { ownerPersonId, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture;
let answerCache: AnswerCachePreferences;
let headers: Record<string, string>;
let backend: ReturnType<typeof createScriptedBackend>;

const chat = '/v1/chat/completions';
const hello = { model: 'guide', temperature: 0, messages: [{ role: 'user', content: 'Hi' }] };

beforeEach(async () => {
  answerCache = { isOn: true, ttlSeconds: 60, maxBytes: 1_000_000 };
  backend = createScriptedBackend(() => saying('Hello', ' you'));
  fixture = await startGateway(backend, { preferences: () => ({ keyless: false, answerCache }) });
  headers = await keyOf('one');
});

afterEach(async () => {
  await fixture.gateway.stop();
});

async function keyOf(name: string): Promise<Record<string, string>> {
  const { key } = await fixture.gateway.keys.create(ownerPersonId, name);
  return { authorization: `Bearer ${key}` };
}

test('a question that was asked before is answered from the cache, whole and streamed, and says so', async () => {
  const first = await fixture.post(chat, hello, headers);
  expect(first.headers['x-millpond-cache']).toBe('miss');
  const again = await fixture.post(chat, hello, headers);
  expect(again.headers['x-millpond-cache']).toBe('hit');
  const { id: _first, created: _then, ...content } = first.json() as Record<string, unknown>;
  expect(again.json()).toMatchObject(content);
  const streamed = await fixture.post(chat, { ...hello, stream: true }, headers);
  expect(streamed.headers).toMatchObject({
    'x-millpond-cache': 'hit',
    'content-type': 'text/event-stream; charset=utf-8',
  });
  expect(streamed.text.match(/"content":"(?:Hello| you)"/g)).toHaveLength(2);
  expect(streamed.text).toMatch(/data: \[DONE\]\n\n$/);
  expect(backend.calls).toHaveLength(1);
  await expect.poll(() => fixture.stores.requestLog.records.length).toBe(3);
  const marks = fixture.stores.requestLog.records.map(({ isCached = false }) => isCached);
  expect(marks).toEqual([false, true, true]);
});

test('it is off unless its owner turns it on', async () => {
  answerCache = { ...answerCache, isOn: false };
  for (let turn = 0; turn < 2; turn += 1) {
    expect((await fixture.post(chat, hello, headers)).headers['x-millpond-cache']).toBeUndefined();
  }
  expect(backend.calls).toHaveLength(2);
});

test('what is answered from the cache takes nothing of a limit', async () => {
  const limits = { requestsPerMinute: 1 };
  const { key } = await fixture.gateway.keys.create(ownerPersonId, 'tight', { limits });
  const tight = { authorization: `Bearer ${key}` };
  expect((await fixture.post(chat, hello, tight)).status).toBe(200);
  expect((await fixture.post(chat, hello, tight)).status).toBe(200);
  expect((await fixture.post(chat, { ...hello, seed: 5 }, tight)).status).toBe(429);
});

test('a request under the same Idempotency-Key is answered once, for its own caller', async () => {
  const body = { ...hello, temperature: 1 };
  const keyed = { ...headers, 'idempotency-key': 'order-7' };
  const [one, two] = await Promise.all([
    fixture.post(chat, body, keyed),
    fixture.post(chat, body, keyed),
  ]);
  expect([one.status, two.status]).toEqual([200, 200]);
  expect((await fixture.post(chat, body, keyed)).headers['x-millpond-cache']).toBe('hit');
  expect(backend.calls).toHaveLength(1);
  const other = await fixture.post(chat, { ...body, seed: 1 }, keyed);
  expect(other.status).toBe(400);
  expect(other.json()).toMatchObject({ error: { code: 'idempotency_key_reused' } });
  const stranger = { ...(await keyOf('two')), 'idempotency-key': 'order-7' };
  await fixture.post(chat, body, stranger);
  expect(backend.calls).toHaveLength(2);
});

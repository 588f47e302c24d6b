import { expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { MemoryResponseStore } from '../../testing/memory-responses.ts';
import type { StoredResponse } from './ports.ts';
import { createResponses, keptForMs, maxPendingBytes } from './responses.ts';

function stored(id: string, fields: Partial<StoredResponse> = {}): StoredResponse {
  return {
    ...{ id, owner: 'pool/ada', personId: 'ada', createdAt: 1000 },
    ...{ response: '{"output":[]}', input: '[]' },
    ...fields,
  };
}

/** Takes nothing while it is locked. */
class LockableStore extends MemoryResponseStore {
  isLocked = false;

  override insert(responses: readonly StoredResponse[]): Promise<void> {
    return this.isLocked ? Promise.reject(new Error('locked')) : super.insert(responses);
  }
}

function open() {
  const store = new LockableStore();
  const clock = createFakeClock();
  return { store, clock, responses: createResponses({ store, clock, logger: silentLogger }) };
}

test('an answer is found from the moment it is kept, and of nobody else', async () => {
  const { responses, store } = open();
  store.isLocked = true;
  responses.keep(stored('a'));
  responses.keep(stored('b', { previousId: 'a' }));
  expect((await responses.get('pool/ada', 'a'))?.id).toBe('a');
  expect(await responses.get('pool/bob', 'a')).toBeUndefined();
  expect((await responses.chain('pool/ada', 'b'))?.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(await responses.chain('pool/bob', 'b')).toBeUndefined();
});

test('a store that was locked gets everything once it is open again', async () => {
  const { responses, store, clock } = open();
  store.isLocked = true;
  responses.keep(stored('a'));
  await clock.advance(5000);
  expect(store.rows.size).toBe(0);
  store.isLocked = false;
  await clock.advance(5000);
  expect([...store.rows.keys()]).toEqual(['a']);
});

test('what the store does not take is bounded, and the newest stays', async () => {
  const { responses, store } = open();
  store.isLocked = true;
  const response = 'x'.repeat(maxPendingBytes / 2);
  for (const id of ['a', 'b', 'c']) responses.keep(stored(id, { response }));
  expect(await responses.get('pool/ada', 'a')).toBeUndefined();
  expect(await responses.get('pool/ada', 'c')).toBeDefined();
});

test('a conversation with a hole is not gone on with', async () => {
  const { responses, store } = open();
  responses.keep(stored('a'));
  responses.keep(stored('b', { previousId: 'a' }));
  responses.keep(stored('c', { previousId: 'b' }));
  expect(await responses.remove('pool/bob', 'b')).toBe(false);
  expect(await responses.remove('pool/ada', 'b')).toBe(true);
  expect(await responses.chain('pool/ada', 'c')).toBeUndefined();
  expect(store.rows.has('b')).toBe(false);
});

test('nothing stays of a person who has gone, written or not', async () => {
  const { responses, store } = open();
  responses.keep(stored('a'));
  await expect.poll(() => store.rows.size).toBe(1);
  store.isLocked = true;
  responses.keep(stored('b'));
  responses.keep(stored('c', { personId: 'bob', owner: 'pool/bob' }));
  await responses.forgetPerson('ada');
  expect(await responses.get('pool/ada', 'a')).toBeUndefined();
  expect(await responses.get('pool/ada', 'b')).toBeUndefined();
  expect(await responses.get('pool/bob', 'c')).toBeDefined();
});

test('answers expire after 30 days', async () => {
  const { responses, store, clock } = open();
  responses.keep(stored('a', { createdAt: clock.now() }));
  await clock.advance(keptForMs - 1000);
  expect(store.rows.size).toBe(1);
  await clock.advance(2 * 60 * 60_000);
  expect(store.rows.size).toBe(0);
  await responses.close();
  expect(clock.waiting).toBe(0);
});

import type { Token } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { digestOfTokens, SlotTable } from './slots.ts';
import type { Slot, SlotSequence } from './slots.ts';
import { StepGate } from './step-gate.ts';

class FakeSequence implements SlotSequence {
  contextTokens: Token[] = [];
  wipes = 0;

  get nextTokenIndex(): number {
    return this.contextTokens.length;
  }

  compareContextTokens(tokens: Token[]): { firstDifferentIndex: number } {
    const different = this.contextTokens.findIndex((token, index) => token !== tokens[index]);
    return { firstDifferentIndex: different === -1 ? this.contextTokens.length : different };
  }

  clearHistory(): Promise<void> {
    this.wipes += 1;
    this.contextTokens = [];
    return Promise.resolve();
  }
}

const ids = (text: string): Token[] => Array.from(text, (char) => char.charCodeAt(0) as Token);
const { signal } = new AbortController();

function tableOf(slots: number) {
  const sequences = Array.from({ length: slots }, () => new FakeSequence());
  const table = new SlotTable(sequences, new StepGate());
  const acquire = (text: string, tenant = 'a', stop = signal): Promise<Slot<FakeSequence>> =>
    table.acquire({ tenant, marks: [text], tokens: ids(text), signal: stop });
  /** Takes a slot, leaves `text` in it and gives it back. */
  const leave = async (text: string, tenant = 'a'): Promise<number> => {
    const slot = await acquire(text, tenant);
    slot.sequence.contextTokens = ids(text);
    await table.release(slot, 'kept');
    return slot.index;
  };
  return { table, sequences, acquire, leave };
}

test('goes on in the slot that holds the longest beginning of the request', async () => {
  const { acquire, leave } = tableOf(3);
  const first = await leave('the quick brown fox');
  const second = await leave('the slow blue whale');
  expect(second).not.toBe(first);
  expect((await acquire('the slow blue whale sings')).index).toBe(second);
  expect((await acquire('the quick brown fox jumps')).index).toBe(first);
});

test('leaves a conversation alone for a few tokens in common while a slot is empty', async () => {
  const { acquire, leave } = tableOf(2);
  const busy = await leave('system: a long conversation about mills');
  expect((await acquire('system: hello')).index).not.toBe(busy);
});

test('takes the slot that was used longest ago when nothing is in common', async () => {
  const { acquire, leave } = tableOf(2);
  const oldest = await leave('xxxx');
  await leave('yyyy');
  expect((await acquire('zzzz')).index).toBe(oldest);
});

test('wipes a slot before another tenant gets it, even for the same text', async () => {
  const { leave, sequences } = tableOf(1);
  await leave('shared system prompt', 'a');
  await leave('shared system prompt', 'b');
  expect(sequences[0]?.wipes).toBe(1);
});

test('keeps what a slot holds for the same tenant', async () => {
  const { leave, sequences } = tableOf(1);
  await leave('shared system prompt');
  await leave('something else');
  expect(sequences[0]?.wipes).toBe(0);
});

test('empties a slot in which the engine failed', async () => {
  const { acquire, sequences, table } = tableOf(1);
  const slot = await acquire('text');
  slot.sequence.contextTokens = ids('text');
  await table.release(slot, 'broken');
  expect(sequences[0]?.nextTokenIndex).toBe(0);
  expect(table.report()[0]).toMatchObject({ isBusy: false, heldTokens: 0, marks: [] });
});

test('lets requests wait in order and nobody overtake them', async () => {
  const { acquire, table } = tableOf(1);
  const held = await acquire('one');
  const order: string[] = [];
  const waiting = ['two', 'three'].map((name) =>
    acquire(name).then(async (slot) => {
      order.push(name);
      await table.release(slot, 'kept');
    }),
  );
  await table.release(held, 'kept');
  const late = acquire('late').then((slot) => {
    order.push('late');
    return table.release(slot, 'kept');
  });
  await Promise.all([...waiting, late]);
  expect(order).toEqual(['two', 'three', 'late']);
});

test('forgets a request that gives up waiting', async () => {
  const { acquire, table } = tableOf(1);
  const held = await acquire('one');
  const stop = new AbortController();
  const gone = acquire('two', 'a', stop.signal);
  stop.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  await table.release(held, 'kept');
  expect((await acquire('three')).index).toBe(0);
});

test('reports tenant, marks and a digest of the held tokens, which a busy slot has not yet', async () => {
  const { acquire, leave, table } = tableOf(2);
  await leave('abc');
  expect(table.report()[0]).toEqual({
    slot: 0,
    isBusy: false,
    tenant: 'a',
    heldTokens: 3,
    marks: ['abc'],
    heldDigest: digestOfTokens(ids('abc')),
  });
  await acquire('abcd');
  await settle();
  expect(table.report()[0]).toMatchObject({ isBusy: true });
  expect(table.report()[0]).not.toHaveProperty('heldDigest');
});

test('a prompt that was only half read keeps the marks of what it holds', async () => {
  const { table } = tableOf(1);
  // Marks end with the characters that they cover, in base 36.
  const marks = ['a.1s', 'b.3k', 'c.5c'];
  const slot = await table.acquire({ tenant: 'a', marks, tokens: ids('x'.repeat(192)), signal });
  slot.sequence.contextTokens = ids('x'.repeat(130));
  await table.release(slot, 'kept');
  expect(table.report()[0]?.marks).toEqual(['a.1s', 'b.3k']);
  const whole = await table.acquire({ tenant: 'a', marks, tokens: ids('x'.repeat(192)), signal });
  whole.sequence.contextTokens = ids('x'.repeat(191));
  await table.release(whole, 'kept');
  expect(table.report()[0]?.marks).toEqual(marks);
});

test('of slots that save the same the one that the router named is taken', async () => {
  const { table } = tableOf(3);
  const request = { tenant: 'a', marks: [], tokens: ids('hello'), signal };
  expect((await table.acquire({ ...request, slot: 2 })).index).toBe(2);
  expect((await table.acquire({ ...request, slot: 2 })).index).not.toBe(2);
});

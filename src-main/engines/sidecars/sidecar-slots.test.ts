import { expect, test } from 'vitest';
import type { ChatMessage, InferenceRequest } from '../../core/inference.ts';
import { chatRequest } from '../engine.contract.ts';
import { SidecarSlots } from './sidecar-slots.ts';

const { signal } = new AbortController();

/** A conversation of these turns, question and answer by turns. */
function talk(tenant: string, ...turns: readonly string[]): InferenceRequest {
  const messages = turns.map((text, index): ChatMessage =>
    index % 2 === 0
      ? { role: 'user', content: [{ type: 'text', text }] }
      : { role: 'assistant', text },
  );
  const request = chatRequest('', { messages });
  return { ...request, envelope: { ...request.envelope, tenant } };
}

async function use(slots: SidecarSlots, request: InferenceRequest) {
  const slot = await slots.take(request, signal);
  slots.release(slot, 10);
  return slot;
}

test('a conversation goes back to the slot that holds its beginning', async () => {
  const slots = new SidecarSlots(3);
  const first = await use(slots, talk('a', 'hello'));
  const second = await use(slots, talk('a', 'good evening'));
  expect(second.index).not.toBe(first.index);
  const again = await use(slots, talk('a', 'hello', 'hi', 'how are you'));
  expect(again).toEqual({ index: first.index, isOwn: true });
});

test('a slot that goes to another tenant is not its own', async () => {
  const slots = new SidecarSlots(1);
  expect((await use(slots, talk('a', 'hello'))).isOwn).toBe(true);
  expect((await use(slots, talk('b', 'hello'))).isOwn).toBe(false);
  expect((await use(slots, talk('b', 'hello'))).isOwn).toBe(true);
});

test('the slot that was used longest ago is given up first', async () => {
  const slots = new SidecarSlots(2);
  const old = await use(slots, talk('a', 'one'));
  await use(slots, talk('a', 'two'));
  expect((await use(slots, talk('a', 'three'))).index).toBe(old.index);
});

test('a tenant keeps its slot while there is one that nobody used', async () => {
  const slots = new SidecarSlots(2);
  const mine = await use(slots, talk('a', 'one'));
  expect((await use(slots, talk('b', 'one'))).index).not.toBe(mine.index);
});

test('more requests than slots wait, the first in line first', async () => {
  const slots = new SidecarSlots(1);
  const held = await slots.take(talk('a', 'one'), signal);
  const order: string[] = [];
  const waiting = ['two', 'three'].map(async (name) => {
    const slot = await slots.take(talk('a', name), signal);
    order.push(name);
    slots.release(slot, 0);
  });
  expect(slots.reports()).toMatchObject([{ isBusy: true, tenant: 'a' }]);
  slots.release(held, 5);
  await Promise.all(waiting);
  expect(order).toEqual(['two', 'three']);
  expect(slots.reports()[0]?.isBusy).toBe(false);
});

test('who stops waiting leaves the line to the others', async () => {
  const slots = new SidecarSlots(1);
  const held = await slots.take(talk('a', 'one'), signal);
  const stop = new AbortController();
  const leaving = slots.take(talk('a', 'two'), stop.signal);
  const staying = slots.take(talk('a', 'three'), signal);
  stop.abort(new Error('left'));
  await expect(leaving).rejects.toThrow('left');
  slots.release(held, 0);
  expect((await staying).index).toBe(0);
});

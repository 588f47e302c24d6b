import { expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { coalesceMs, initialWindowBytes, maxFrameBytes, ringLimitBytes } from './protocol.ts';
import { RunSender } from './run-sender.ts';
import type { SentMessage } from './run-sender.ts';

const word = (text: string): InferenceChunk => ({ type: 'text', text, tokens: [1] });
const page = (bytes: number): InferenceChunk => word('x'.repeat(bytes));

function open() {
  const clock = createFakeClock();
  const sender = new RunSender({ clock });
  const sent: SentMessage[] = [];
  sender.attach((message) => sent.push(message));
  const sizes = (): number[] =>
    sent.map(({ $case, value }) => ($case === 'frame' ? value.chunks.length : 0));
  return { clock, sender, sent, sizes };
}

/** Whether a promise has settled once everything that needs no time has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => void (settled = true);
  promise.then(note, note);
  await settle();
  return settled;
}

test('the first token goes out at once, those close behind it share a frame', async () => {
  const { clock, sender, sizes } = open();
  await sender.send({ type: 'status', status: { phase: 'queued', position: 1 } });
  await sender.send(word('a'));
  expect(sizes()).toEqual([1, 1]);
  for (const text of ['b', 'c', 'd']) await sender.send(word(text));
  expect(sizes()).toEqual([1, 1]);
  await clock.advance(coalesceMs);
  expect(sizes()).toEqual([1, 1, 3]);
});

test('a token that comes alone is never kept waiting', async () => {
  const { clock, sender, sizes } = open();
  for (let count = 0; count < 3; count += 1) {
    await sender.send(word('a'));
    await clock.advance(20);
  }
  expect(sizes()).toEqual([1, 1, 1]);
});

test('a frame closes at its size', async () => {
  const { clock, sender, sent } = open();
  await sender.send(word('a'));
  const third = maxFrameBytes / 3 - 100;
  for (let count = 0; count < 4; count += 1) await sender.send(page(third));
  await clock.advance(coalesceMs);
  expect(sent.map(({ value }) => ('chunks' in value ? value.chunks.length : 0))).toEqual([1, 3, 1]);
});

test('without credit the sender waits, and goes on as soon as it is given more', async () => {
  const { sender, sent } = open();
  for (let count = 0; count < 4; count += 1) await sender.send(page(initialWindowBytes / 4));
  const blocked = sender.send(word('more'));
  expect(await isSettled(blocked)).toBe(false);
  const before = sent.length;
  sender.grant({ bytes: 1024, sequence: before });
  await blocked;
  sender.end();
  expect(sent.at(-1)).toMatchObject({ $case: 'end', value: { sequence: before + 2 } });
});

test('credit without acknowledgement fills the ring and no more', async () => {
  const { sender } = open();
  sender.grant({ bytes: 2 ** 32 - 1, sequence: 0 });
  let isBlocked = false;
  for (let count = 0; count < 40 && !isBlocked; count += 1) {
    isBlocked = !(await isSettled(sender.send(page(maxFrameBytes))));
  }
  expect(isBlocked).toBe(true);
  expect(sender.bufferedBytes).toBeLessThan(ringLimitBytes + 3 * maxFrameBytes);
  sender.close();
});

test('a resumed stream gets exactly what the receiver lacks, the end included', async () => {
  const { sender, sent } = open();
  for (const text of ['a', 'b', 'c']) {
    await sender.send(word(text));
    sender.grant({ bytes: 0, sequence: 0 });
  }
  sender.detach();
  sender.end(new MillpondError('engine-crashed', 'It fell over'));
  const resent: SentMessage[] = [];
  sender.attach((message) => resent.push(message));
  sender.resumeFrom({ sequence: 1, creditBytes: 1000 });
  const all = [...sent, ...resent].map(({ value }) => value.sequence);
  expect(resent.map(({ value }) => value.sequence)).toEqual(
    Array.from({ length: resent.length }, (_, index) => index + 2),
  );
  expect(Math.max(...all)).toBe(resent.at(-1)?.value.sequence);
  expect(resent.at(-1)).toMatchObject({
    $case: 'end',
    value: { failure: { code: 'engine-crashed' } },
  });
  expect(sender.isAcknowledged).toBe(false);
  sender.grant({ bytes: 0, sequence: resent.at(-1)?.value.sequence ?? 0 });
  expect(sender.isAcknowledged).toBe(true);
});

test('nothing is written while the stream is away', async () => {
  const { clock, sender, sent } = open();
  sender.detach();
  await sender.send(word('a'));
  await clock.advance(1000);
  expect(sent).toEqual([]);
  expect(sender.bufferedBytes).toBeGreaterThan(0);
});

test('an answer that nobody comes back for is given up after 30 s, and its engine told', async () => {
  const { clock, sender } = open();
  await sender.send(word('a'));
  sender.detach();
  await clock.advance(29_999);
  expect(sender.lost.aborted).toBe(false);
  await clock.advance(1);
  expect(sender.lost.reason).toMatchObject({ code: 'unavailable', reason: 'gateway-lost' });
  expect(sender.bufferedBytes).toBe(0);
  await expect(sender.send(word('b'))).rejects.toThrow(/did not come back/);
  expect(clock.waiting).toBe(0);
});

test('a receiver that claims frames which were never sent is refused', async () => {
  const { sender } = open();
  await sender.send(word('a'));
  expect(() => sender.grant({ bytes: 1, sequence: 2 })).toThrow(/before it was sent/);
  expect(() => sender.resumeFrom({ sequence: 9, creditBytes: 1 })).toThrow(/protocol/);
});

test('one that wants frames back which it had acknowledged is refused', async () => {
  const { sender } = open();
  await sender.send(word('a'));
  sender.grant({ bytes: 0, sequence: 1 });
  expect(() => sender.resumeFrom({ sequence: 0, creditBytes: 1000 })).toThrow(/cannot go on/);
});

test('an answer larger than a message can carry fails with its own sentence', async () => {
  const { sender, sent } = open();
  async function* answer(): AsyncGenerator<InferenceChunk> {
    yield await Promise.resolve({
      type: 'embedding',
      index: 0,
      vector: Array.from({ length: 200_000 }, () => Math.PI),
    });
  }
  await sender.sendAll(answer());
  expect(sent.at(-1)).toMatchObject({ $case: 'end', value: { failure: { code: 'too-large' } } });
});

test('a failure in the engine is told behind the tokens that were made', async () => {
  const { sender, sent } = open();
  async function* answer(): AsyncGenerator<InferenceChunk> {
    yield await Promise.resolve(word('a'));
    throw new MillpondError('overloaded', 'Its owner needs it', { reason: 'preempted' });
  }
  await sender.sendAll(answer());
  expect(sent.map(({ $case }) => $case)).toEqual(['frame', 'end']);
  expect(sent.at(-1)).toMatchObject({ value: { failure: { reason: 'preempted' } } });
});

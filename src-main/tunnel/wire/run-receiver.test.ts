import { expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import { MillpondError } from '../../core/error.ts';
import type { Credit, Frame } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { collect, textOf } from '../../testing/inference-requests.ts';
import { encodeChunk } from './chunk-codec.ts';
import { initialWindowBytes } from './protocol.ts';
import { RunReceiver } from './run-receiver.ts';

function frame(sequence: number, ...texts: readonly string[]): Frame {
  return {
    sequence,
    chunks: texts.map((text) => encodeChunk({ type: 'text', text, tokens: [1] })),
  };
}

function open() {
  const credits: Credit[] = [];
  const receiver = new RunReceiver({ grant: (credit) => credits.push(credit) });
  return { receiver, credits };
}

test('gives the chunks in order, then ends, and acknowledges the end', async () => {
  const { receiver, credits } = open();
  receiver.frame(frame(1, 'a', 'b'));
  receiver.frame(frame(2, 'c'));
  receiver.end({ sequence: 3, failure: undefined });
  expect(textOf(await collect(receiver))).toBe('abc');
  expect(credits).toEqual([{ bytes: 0, sequence: 3 }]);
});

test('a frame that came already is dropped silently', async () => {
  const { receiver } = open();
  receiver.frame(frame(1, 'a'));
  receiver.frame(frame(1, 'a'));
  receiver.end({ sequence: 2, failure: undefined });
  receiver.end({ sequence: 2, failure: undefined });
  expect(textOf(await collect(receiver))).toBe('a');
});

test('a gap fails the answer behind what had come', async () => {
  const { receiver } = open();
  receiver.frame(frame(1, 'a'));
  receiver.frame(frame(3, 'c'));
  const seen: InferenceChunk[] = [];
  await expect(async () => {
    for await (const chunk of receiver) seen.push(chunk);
  }).rejects.toMatchObject({ code: 'unavailable', reason: 'protocol' });
  expect(textOf(seen)).toBe('a');
});

test('credit is given only for what the reader took', async () => {
  const { receiver, credits } = open();
  const text = 'x'.repeat(initialWindowBytes / 8);
  for (let sequence = 1; sequence <= 8; sequence += 1) receiver.frame(frame(sequence, text));
  expect(credits).toEqual([]);
  const reader = receiver[Symbol.asyncIterator]();
  for (let count = 0; count < 4; count += 1) await reader.next();
  const given = credits.reduce((sum, credit) => sum + credit.bytes, 0);
  expect(given).toBeGreaterThan(initialWindowBytes / 4);
  expect(given + receiver.bufferedBytes).toBeLessThanOrEqual(initialWindowBytes + 8 * 40);
});

test('a sender that ignores its credit costs one window and is cut off', async () => {
  const { receiver } = open();
  const text = 'x'.repeat(60_000);
  for (let sequence = 1; sequence <= 100; sequence += 1) receiver.frame(frame(sequence, text));
  expect(receiver.bufferedBytes).toBeLessThan(initialWindowBytes + 61_000);
  await expect(collect(receiver)).rejects.toThrow(/more frames came than credit was given/);
});

test('an aborted reader hears at once, also when much was waiting', async () => {
  const { receiver } = open();
  receiver.frame(frame(1, 'a'));
  receiver.abort(new MillpondError('cancelled', 'enough'));
  await expect(collect(receiver)).rejects.toThrow('enough');
  expect(receiver.bufferedBytes).toBe(0);
});

test('a reader who leaves frees everything, and says so once', async () => {
  let done = 0;
  const receiver = new RunReceiver({ grant: () => {}, onDone: () => (done += 1) });
  receiver.frame(frame(1, 'a', 'b'));
  for await (const chunk of receiver) {
    expect(chunk.type).toBe('text');
    break;
  }
  receiver.frame(frame(2, 'c'));
  expect(receiver.bufferedBytes).toBe(0);
  expect(done).toBe(1);
});

test('a chunk that cannot be read fails the answer and nothing else', async () => {
  const { receiver } = open();
  receiver.frame({ sequence: 1, chunks: [{ kind: { $case: 'json', value: Buffer.from('{') } }] });
  await expect(collect(receiver)).rejects.toThrow(/a chunk is no JSON/);
});

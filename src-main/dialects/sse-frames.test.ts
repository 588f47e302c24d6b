import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readFrames } from './sse-frames.ts';
import type { SseFrame } from './sse-frames.ts';

async function framesOf(pieces: readonly (string | Uint8Array)[]): Promise<SseFrame[]> {
  const encoder = new TextEncoder();
  const body = Readable.from(
    pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece)),
  );
  return (await Array.fromAsync(readFrames(body))).flat();
}

const stream = 'event: a\ndata: {"x":1}\n\n: comment\n\ndata:two\ndata: lines\n\n';

test('every character of an event comes back, with its name and payload', async () => {
  const frames = await framesOf([stream]);
  expect(frames.map(({ text }) => text).join('')).toBe(stream);
  expect(frames).toEqual([
    { text: 'event: a\ndata: {"x":1}\n\n', event: 'a', data: '{"x":1}' },
    { text: ': comment\n\n', data: '' },
    { text: 'data:two\ndata: lines\n\n', data: 'two\nlines' },
  ]);
});

test.each(['\n', '\r\n', '\r'])(
  'wherever the pieces are cut, with lines that end in %j',
  async (end) => {
    const text = `${stream}event: ü漢\ndata: 😀\n\n: last\n\n`.replaceAll('\n', end);
    const bytes = new TextEncoder().encode(text);
    const whole = await framesOf([bytes]);
    expect(whole.length).toBeGreaterThanOrEqual(4);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const frames = await framesOf([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(frames).toEqual(whole);
    }
    expect(await framesOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  },
);

test.each([
  ['data: {"x":1}\n\n', '{"x":1}'],
  ['data:\n\n', ''],
  ['data: one\ndata: two\n\n', 'one\ntwo'],
  ['data: one\rdata: two\n\n', 'one\ntwo'],
])('an event alone in its piece is read like any other: %j', async (text, data) => {
  expect(await framesOf([text])).toEqual([{ text, data }]);
  expect(await framesOf([text + text])).toEqual([
    { text, data },
    { text, data },
  ]);
});

test('what is not ended by an empty line is no event', async () => {
  expect(await framesOf(['data: a\n\ndata: b\n'])).toHaveLength(1);
});

test('an event that does not end is given up', async () => {
  const piece = new Uint8Array(1024 * 1024).fill(120);
  function* endless(): Generator<Uint8Array> {
    for (;;) yield piece;
  }
  const reading = Array.fromAsync(readFrames(Readable.from(endless())));
  await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
});

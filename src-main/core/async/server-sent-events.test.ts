import { expect, test } from 'vitest';
import { readServerSentEvents } from './server-sent-events.ts';

async function eventsOf(...pieces: string[]): Promise<string[]> {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield await Promise.resolve(new TextEncoder().encode(piece));
  }
  return Array.fromAsync(readServerSentEvents(body()));
}

test('yields one payload per event and skips comments', async () => {
  expect(await eventsOf(': waiting\n\ndata: a\n\ndata:b\n\n')).toEqual(['a', 'b']);
});

test('joins the data lines of one event', async () => {
  expect(await eventsOf('data: a\ndata: b\n\n')).toEqual(['a\nb']);
});

test('survives a cut anywhere, also between carriage return and line feed', async () => {
  const text = 'data: {"x":"é"}\r\n\r\ndata: [DONE]\r\n\r\n';
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(await eventsOf(text.slice(0, cut), text.slice(cut))).toEqual(['{"x":"é"}', '[DONE]']);
  }
});

test('gives nothing for an event that never ended', async () => {
  expect(await eventsOf('data: half')).toEqual([]);
});

test('an event that does not end is given up, however it is cut', async () => {
  const mebibyte = 'x'.repeat(1024 * 1024);
  const endless = Array.from({ length: 17 }, () => mebibyte);
  const refused = { code: 'unavailable' };
  await expect(eventsOf('data: ', ...endless)).rejects.toMatchObject(refused);
  await expect(eventsOf(...endless.map((piece) => `data: ${piece}\n`))).rejects.toMatchObject(
    refused,
  );
  const whole = endless.map((piece) => `data: ${piece}\n\n`);
  expect((await eventsOf(...whole)).length).toBe(endless.length);
});

import { expect, test } from 'vitest';
import type { FinishChunk, InferenceChunk } from '../../../core/inference.ts';
import { noUsage } from '../../../core/usage.ts';
import { collect, textOf } from '../../../testing/inference-requests.ts';
import { cutAtStop } from './stop-cutter.ts';

const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 };
const ended: FinishChunk = { type: 'finish', reason: 'length', usage: noUsage, timings };

async function cut(pieces: readonly string[], stops: readonly string[]) {
  let taken = 0;
  async function* answer(): AsyncGenerator<InferenceChunk> {
    for (const text of pieces) {
      taken += 1;
      yield await Promise.resolve({ type: 'text', text } as const);
    }
    yield ended;
  }
  const chunks = await collect(
    cutAtStop(answer(), stops, (_, stop) => ({ ...ended, reason: 'stop', stopSequence: stop })),
  );
  return { text: textOf(chunks), finish: chunks.at(-1), taken };
}

test('keeps everything before the stop string, however the pieces fall', async () => {
  const whole = 'gggigigENDnever';
  for (let at = 1; at < whole.length; at += 1) {
    const { text, finish } = await cut([whole.slice(0, at), whole.slice(at)], ['END']);
    expect(text).toBe('gggigig');
    expect(finish).toMatchObject({ reason: 'stop', stopSequence: 'END' });
  }
});

test('reads nothing after the stop string', async () => {
  expect((await cut(['a', 'END', 'b', 'c'], ['END'])).taken).toBe(2);
});

test('hands on what only looked like a stop string', async () => {
  expect(await cut(['a E', 'N', 'D of', ' E'], ['END!'])).toMatchObject({
    text: 'a END of E',
    finish: { reason: 'length' },
  });
});

import { expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import type { Credit } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { createFakeClock, settle } from '../../testing/fake-clock.ts';
import { randomSource } from '../../testing/random-source.ts';
import { initialWindowBytes, maxFrameBytes, ringLimitBytes } from './protocol.ts';
import { RunReceiver } from './run-receiver.ts';
import { RunSender } from './run-sender.ts';
import type { SentMessage } from './run-sender.ts';

const cutsInAll = 500;
const tokensPerAnswer = 400;

/** One answer over a line that loses whatever is under way when it is cut. */
function createLine(random: (below: number) => number, isRingOff: boolean) {
  const clock = createFakeClock();
  let toReceiver: SentMessage[] = [];
  let toSender: Credit[] = [];
  const sender = new RunSender({ clock, faults: { isRingOff } });
  const receiver = new RunReceiver({ grant: (credit) => toSender.push(credit) });
  const attach = (): void => sender.attach((message) => toReceiver.push(message));
  attach();
  return {
    clock,
    sender,
    receiver,
    deliver() {
      for (const message of toReceiver.splice(0, random(toReceiver.length + 1))) {
        if (message.$case === 'frame') receiver.frame(message.value);
        else receiver.end(message.value);
      }
      for (const credit of toSender.splice(0, random(toSender.length + 1))) sender.grant(credit);
    },
    cut() {
      sender.detach();
      receiver.cut();
      toReceiver = [];
      toSender = [];
    },
    resume() {
      attach();
      sender.resumeFrom(receiver.resumed());
    },
  };
}

/** Chunks of very different sizes, each with the next token: a lost, repeated or swapped one shows. */
function tokenChunk(token: number, random: (below: number) => number): InferenceChunk {
  const length = random(10) === 0 ? random(2 * maxFrameBytes) : random(12);
  return { type: 'text', text: 'x'.repeat(length), tokens: [token] };
}

async function runAnswer(seed: number, cuts: number, isRingOff = false) {
  const next = randomSource(seed);
  const random = (below: number): number => Math.floor(((next() + 1) / 2) * below);
  const line = createLine(random, isRingOff);
  async function* answer(): AsyncGenerator<InferenceChunk> {
    for (let token = 0; token < tokensPerAnswer; token += 1) {
      yield await Promise.resolve(tokenChunk(token, random));
    }
  }
  const tokens: number[] = [];
  let failure: unknown;
  const over = new AbortController();
  let maxBuffered = 0;
  let maxHeld = 0;
  const sending = line.sender.sendAll(answer());
  const reading = (async () => {
    for await (const chunk of line.receiver) {
      if (chunk.type === 'text') tokens.push(...(chunk.tokens ?? []));
      if (random(8) === 0) await line.clock.sleep(random(40));
    }
  })().catch((error: unknown) => (failure = error));
  void reading.then(() => over.abort());
  let cutsLeft = cuts;
  for (let step = 0; step < 20_000 && !over.signal.aborted; step += 1) {
    line.deliver();
    await line.clock.advance(random(10));
    maxBuffered = Math.max(maxBuffered, line.receiver.bufferedBytes);
    maxHeld = Math.max(maxHeld, line.sender.bufferedBytes);
    if (cutsLeft > 0 && random(12) === 0) {
      cutsLeft -= 1;
      line.cut();
      await line.clock.advance(random(2_000));
      line.resume();
    }
  }
  line.sender.close();
  await settle();
  await sending;
  return {
    tokens,
    failure,
    isRead: over.signal.aborted,
    cuts: cuts - cutsLeft,
    maxBuffered,
    maxHeld,
  };
}

const wholeAnswer = Array.from({ length: tokensPerAnswer }, (_, token) => token);

test('500 cuts at random places lose, repeat and swap no token, in bounded memory', async () => {
  let cuts = 0;
  for (let seed = 1; cuts < cutsInAll; seed += 1) {
    const run = await runAnswer(seed, 25);
    cuts += run.cuts;
    expect(run.tokens, `seed ${seed}`).toEqual(wholeAnswer);
    expect(run.failure, `seed ${seed}`).toBeUndefined();
    expect(run.maxBuffered, `seed ${seed}`).toBeLessThan(initialWindowBytes + 3 * maxFrameBytes);
    expect(run.maxHeld, `seed ${seed}`).toBeLessThan(ringLimitBytes);
  }
});

test('control: without the ring the same cuts lose tokens', async () => {
  const { tokens, failure, isRead } = await runAnswer(1, 25, true);
  expect(tokens).not.toEqual(wholeAnswer);
  expect(isRead && failure === undefined).toBe(false);
});

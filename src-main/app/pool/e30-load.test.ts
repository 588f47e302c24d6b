import { expect, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import { AnswerCheck } from '../../testing/pool/counted-answer.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import { patience } from '../../testing/patience.ts';

const streams = 200;
const streamsAtOnce = 25;
/** A few more than a quarter of the streams: a busy computer may move one. */
const slots = 60;
/** Six seconds at the pace of the machines: `bench -- tunnel` holds streams for longer and counts more. */
const tokens = 300;
const tokensPerSecond = 50;
const names = ['ash', 'birch', 'cedar', 'dogwood'];

test('E30: of two hundred streams over four machines none loses or mixes a token', async () => {
  const pool = await openTestPool();
  const machines = await Promise.all(
    names.map((name) => startScriptedMachine(pool, { name, slots, tokensPerSecond })),
  );
  const ask = async (prompt: string) => {
    const stream = await openChatStream(
      { ...pool.gateway, key: pool.key },
      { model: 'count', max_tokens: tokens, messages: [{ role: 'user', content: prompt }] },
    );
    return { prompt, stream };
  };
  const asked: Awaited<ReturnType<typeof ask>>[] = [];
  // Machines have two seconds to accept, which is little for fifty at once on a busy computer.
  for (let wave = 0; wave < streams; wave += streamsAtOnce) {
    const prompts = Array.from({ length: streamsAtOnce }, (_, index) => `stream ${wave + index}`);
    const opened = await Promise.all(prompts.map(ask));
    await Promise.all(opened.map(({ stream }) => stream.untilWords(1)));
    asked.push(...opened);
  }
  const checks = await Promise.all(
    asked.map(async ({ prompt, stream }) => {
      await stream.ended;
      const check = new AnswerCheck(prompt);
      check.take(stream.text);
      const { error, isDone } = stream;
      return { isDone, error, mistake: check.mistake, isWhole: check.isWhole(tokens) };
    }),
  );
  expect(checks.filter(({ isDone, isWhole }) => !isDone || !isWhole)).toEqual([]);
  const countsOf = () => Promise.all(machines.map((machine) => machine.call('counts')));
  // A machine closes its books a moment after its caller has the last token.
  const running = async () => (await countsOf()).map((counts) => counts.running);
  await expect.poll(running, patience).toEqual(names.map(() => 0));
  const counts = await countsOf();
  expect(counts.every(({ begun }) => begun > streams / names.length / 2)).toBe(true);
  expect(counts.every(({ mostRunning }) => mostRunning <= slots)).toBe(true);
  const overview = () => pool.gateway.control.pools.overview({ id: pool.id });
  await expect.poll(overview, patience).toMatchObject({ busySlots: 0, waiting: 0, askers: [] });
}, 150_000);

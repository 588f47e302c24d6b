import { expect, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import { AnswerCheck } from '../../testing/pool/counted-answer.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import { patience } from '../../testing/patience.ts';

const streams = 200;
/** A few more than a quarter of the streams: a busy computer may move one. */
const slots = 60;
/** Four seconds at the pace of the machines: `bench -- tunnel` holds streams for longer and counts more. */
const tokens = 200;
const tokensPerSecond = 50;
const names = ['ash', 'birch', 'cedar', 'dogwood'];

test('E30: of two hundred streams over four machines none loses or mixes a token', async () => {
  const pool = await openTestPool();
  const machines = await Promise.all(
    names.map((name) => startScriptedMachine(pool, { name, slots, tokensPerSecond })),
  );
  const checks = await Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      const prompt = `stream ${index}`;
      const stream = await openChatStream(
        { ...pool.gateway, key: pool.key },
        { model: 'count', max_tokens: tokens, messages: [{ role: 'user', content: prompt }] },
      );
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

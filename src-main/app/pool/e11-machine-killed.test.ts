import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { openChatStream } from '../../testing/chat-stream.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import type { TestPool } from '../../testing/pool-fixture.ts';
import { AnswerCheck } from '../../testing/pool/counted-answer.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';
import { randomSource } from '../../testing/random-source.ts';

/** Seconds for the gateway in each real one, once nothing is left but waiting. */
const rate = 5;
const tokens = 1000;
/** Where the machine is killed: anywhere but close to the ends, and the same in every run. */
const killedAtToken = 100 + Math.floor(Math.abs(randomSource(11)()) * (tokens - 300));
const givesUpAfterMs = 15_000;

async function requestOf(pool: TestPool, model: string) {
  const { requests } = await pool.gateway.control.activity.list({});
  return requests.find((each) => each.model === model);
}

test('E11: killed in mid-stream, what another machine holds goes on, the rest ends with an error', async () => {
  const pool = await openTestPool({ rate });
  const { key, gateway } = pool;
  const ask = (model: string) =>
    openChatStream(
      { ...gateway, key },
      { model, max_tokens: tokens, messages: [{ role: 'user', content: model }] },
    );
  const start = (name: string) => {
    const models = ['shared', `only-${name}`];
    return startScriptedMachine(pool, { name, models, tokensPerSecond: 150 });
  };
  const machines = { ash: await start('ash'), birch: await start('birch') };
  const client = new OpenAI({ apiKey: key, baseURL: `${gateway.origin}/v1`, maxRetries: 0 });
  const { data, response } = await client.chat.completions
    .create({
      ...{ model: 'shared', max_tokens: tokens, stream: true },
      messages: [{ role: 'user', content: 'shared' }],
    })
    .withResponse();
  const victim = response.headers.get('x-millpond-machine') === 'ash' ? 'ash' : 'birch';
  const other = victim === 'ash' ? 'birch' : 'ash';
  const [lost, unharmed] = await Promise.all([ask(`only-${victim}`), ask(`only-${other}`)]);
  await lost.untilWords(20);

  const check = new AnswerCheck('shared');
  let killedAt = 0;
  let finish: string | null | undefined;
  for await (const { choices } of data) {
    check.take(choices[0]?.delta.content ?? '');
    finish = choices[0]?.finish_reason ?? finish;
    if (killedAt === 0 && check.count >= killedAtToken) {
      killedAt = performance.now();
      await machines[victim].kill();
    }
  }
  expect(killedAt).toBeGreaterThan(0);
  expect(check.mistake).toBeUndefined();
  expect(check.isWhole(tokens)).toBe(true);
  expect(finish).toBe('length');
  expect(await requestOf(pool, 'shared')).toMatchObject({
    state: 'done',
    machine: other,
    movedFrom: [victim],
    usage: { completionTokens: tokens },
  });

  const hurriedAt = performance.now();
  gateway.hurry();
  const waitedMs = hurriedAt - killedAt + ((await lost.ended) - hurriedAt) * rate;
  expect(waitedMs).toBeGreaterThan(givesUpAfterMs - 1000);
  expect(waitedMs).toBeLessThan(givesUpAfterMs + 1000 * rate);
  expect(lost).toMatchObject({ isDone: false, finishReason: undefined });
  expect(lost.errorCode).toBeTruthy();
  expect(lost.error).toContain(victim);
  const delivered = new AnswerCheck(`only-${victim}`);
  delivered.take(lost.text);
  expect(delivered.isWhole(delivered.count)).toBe(true);
  const failed = await requestOf(pool, `only-${victim}`);
  expect(failed).toMatchObject({ state: 'failed', error: { reason: 'node-lost' } });
  expect(failed?.usage?.completionTokens).toBe(delivered.count);

  await unharmed.ended;
  const whole = new AnswerCheck(`only-${other}`);
  whole.take(unharmed.text);
  expect(unharmed).toMatchObject({ isDone: true, error: undefined });
  expect(whole.isWhole(tokens)).toBe(true);
  const overview = await gateway.control.pools.overview({ id: pool.id });
  expect(overview).toMatchObject({ busySlots: 0, waiting: 0, askers: [] });
  const moved = overview.events.find(({ kind }) => kind === 'answer-moved');
  expect(moved).toMatchObject({ machine: victim, to: other });
  expect(moved?.atToken).toBeGreaterThanOrEqual(killedAtToken);
  expect(moved?.pauseMs).toBeGreaterThan(0);
  const kinds = overview.events.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['machine-lost', 'answer-moved', 'answer-lost']));
  expect((await pool.machine(victim))?.phase).toBe('lost');
}, 90_000);

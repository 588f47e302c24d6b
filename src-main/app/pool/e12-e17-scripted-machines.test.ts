import { expect, test } from 'vitest';
import type { ChatStream } from '../../testing/chat-stream.ts';
import { openChatStream } from '../../testing/chat-stream.ts';
import { promisedMs } from '../../testing/patience.ts';
import { openTestPool } from '../../testing/pool-fixture.ts';
import type { TestPool } from '../../testing/pool-fixture.ts';
import { AnswerCheck } from '../../testing/pool/counted-answer.ts';
import { startScriptedMachine } from '../../testing/pool/scripted-machine.ts';

const long = { timeout: 120_000 };

function ask(pool: TestPool, prompt: string, body: object = {}): Promise<ChatStream> {
  const messages = [{ role: 'user', content: prompt }];
  const wish = { model: 'count', max_tokens: 10, messages, ...body };
  return openChatStream({ ...pool.gateway, key: pool.key }, wish);
}

/** Every token of the answer to that prompt came once, in order, and nothing else. */
function isWhole({ text, isDone }: ChatStream, prompt: string, tokens: number): boolean {
  const check = new AnswerCheck(prompt);
  check.take(text);
  return isDone && check.isWhole(tokens);
}

async function idsOf(pool: TestPool): Promise<string[]> {
  const headers = { authorization: `Bearer ${pool.key}` };
  const answer = await fetch(`${pool.gateway.origin}/v1/models`, { headers });
  const { data } = (await answer.json()) as { readonly data: readonly { readonly id: string }[] };
  return data.map(({ id }) => id).filter((id) => id !== 'guide');
}

const routeOf = async (pool: TestPool, requestId: string) => {
  const { requests } = await pool.gateway.control.activity.list({});
  return requests.find(({ id }) => id === requestId)?.route;
};

test(
  'E12: of three machines the one answers that neither dies nor is full, and the log says why',
  long,
  async () => {
    const pool = await openTestPool();
    const dying = await startScriptedMachine(pool, { name: 'dying', slots: 64 });
    await dying.call('feel', 'dies');
    const first = await ask(pool, 'first');
    await first.ended;
    // Where nobody is left, the caller hears so and never a clean end.
    expect(first.status).toBeGreaterThanOrEqual(500);
    expect(first.text).toBe('');

    const full = await startScriptedMachine(pool, { name: 'full', answersAtOnce: 1 });
    const busy = await ask(pool, 'keeps it busy', { max_tokens: 10_000, model: 'count@full' });
    await busy.untilWords(1);
    const second = await startScriptedMachine(pool, { name: 'dying again', slots: 64 });
    await second.call('feel', 'hangs');
    const answering = ask(pool, 'second');
    await expect.poll(async () => (await second.call('counts')).running).toBe(1);
    await startScriptedMachine(pool, { name: 'healthy', slots: 1 });
    await second.kill();
    const answer = await answering;
    await answer.ended;
    expect(answer.status).toBe(200);
    expect(isWhole(answer, 'second', 10)).toBe(true);
    const route = await routeOf(pool, String(answer.headers['x-request-id']));
    expect(route?.attempts).toMatchObject([
      { machine: 'dying again', tokens: 0, failure: { reason: 'node-lost' } },
      { machine: 'healthy', tokens: 10 },
    ]);
    expect(route?.attempts[1]?.failure).toBeUndefined();
    expect(await full.call('counts')).toMatchObject({ running: 1, mostRunning: 1 });
    busy.leave();
  },
);

test(
  'E13: a machine that beats its heart and says nothing is given up, as is one that stops talking',
  long,
  async () => {
    const pool = await openTestPool({ rate: 3 });
    const hung = await startScriptedMachine(pool, { name: 'hung', slots: 8 });
    await hung.call('feel', 'hangs');
    const patient = await ask(pool, 'patience');
    await expect.poll(async () => (await hung.call('counts')).running).toBe(1);
    const stalling = await startScriptedMachine(pool, { name: 'stalling', models: ['other'] });
    await stalling.call('feel', 'stalls');
    const stalled = await ask(pool, 'stall', { model: 'other' });
    await stalled.untilWords(3);
    await startScriptedMachine(pool, { name: 'second' });
    pool.gateway.hurry();

    await stalled.ended;
    expect(stalled).toMatchObject({ isDone: false, finishReason: undefined });
    expect(stalled.errorCode).toBeTruthy();
    await patient.ended;
    expect(isWhole(patient, 'patience', 10)).toBe(true);
    const stopped = async () => (await hung.call('counts')).stopped;
    await expect.poll(stopped).toBe(1);
    expect((await pool.machine('hung'))?.phase).toBe('online');
  },
);

test(
  'E14: a caller who leaves at token ten of a thousand stops the machine within half a second',
  long,
  async () => {
    const pool = await openTestPool();
    const machine = await startScriptedMachine(pool, {
      name: 'ash',
      tokensPerSecond: 50,
      slots: 1,
    });
    const stream = await ask(pool, 'leave me', { max_tokens: 1000 });
    await stream.untilWords(10);
    stream.leave();
    const running = async () => (await machine.call('counts')).running;
    await expect.poll(running, { interval: 10 }).toBe(0);
    const { tokens, stopped } = await machine.call('counts');
    expect(stopped).toBe(1);
    expect(tokens).toBeLessThanOrEqual(10 + 50 * (promisedMs(500) / 1000) + 1);
    // Its only slot is free: the next one is not kept waiting.
    const next = await ask(pool, 'next');
    await next.ended;
    expect(isWhole(next, 'next', 10)).toBe(true);
    expect((await pool.machine('ash'))?.busySlots).toBe(0);
  },
);

test(
  'E16: the list follows what machines offer; what runs is finished, also before a machine leaves',
  long,
  async () => {
    const pool = await openTestPool();
    const machine = await startScriptedMachine(pool, { name: 'ash', models: ['old'] });
    const within = { timeout: promisedMs(2_000), interval: 20 };
    expect(await idsOf(pool)).toEqual(['old']);
    const running = await ask(pool, 'in flight', { model: 'old', max_tokens: 100 });
    await running.untilWords(2);
    await machine.call('offer', ['old', 'new']);
    await expect.poll(() => idsOf(pool), within).toEqual(['old', 'new']);
    await machine.call('offer', ['new'], ['old']);
    await expect.poll(() => idsOf(pool), within).toEqual(['new']);
    const late = await ask(pool, 'too late', { model: 'old' });
    await late.ended;
    expect(late.status).toBe(503);
    expect((await machine.call('counts')).begun).toBe(1);
    await running.ended;
    expect(isWhole(running, 'in flight', 100)).toBe(true);

    const last = await ask(pool, 'the last', { model: 'new', max_tokens: 60 });
    await last.untilWords(2);
    const left = machine.call('drain');
    await expect.poll(async () => (await pool.machine('ash'))?.phase, within).toBe('finishing');
    await last.ended;
    expect(isWhole(last, 'the last', 60)).toBe(true);
    await left;
    await expect.poll(async () => (await pool.machine('ash'))?.phase, within).toBe('offline');
    expect(await idsOf(pool)).toEqual([]);
  },
);

test(
  'E17: seventy calls go 1:2:4 to machines with so many slots, and the eighth at once waits',
  long,
  async () => {
    const pool = await openTestPool();
    const machines = await Promise.all(
      [1, 2, 4].map((slots) => startScriptedMachine(pool, { name: `${slots} slots`, slots })),
    );
    // Equal calls, however busy the computer is: all that run are let go at the same time.
    await Promise.all(machines.map((machine) => machine.call('feel', 'holds')));
    const countsOf = () => Promise.all(machines.map((machine) => machine.call('counts')));
    const held = async () => (await countsOf()).map((counts) => counts.held);
    const letGo = () => Promise.all(machines.map((machine) => machine.call('letGo')));

    for (let round = 1; round <= 10; round += 1) {
      const prompts = Array.from({ length: 7 }, (_, index) => `call ${round}.${index}`);
      const answers = Promise.all(prompts.map((prompt) => answerTo(pool, prompt)));
      // Each machine has its share, in every round: nobody waits while another has room.
      await expect.poll(held, { interval: 20 }).toEqual([1, 2, 4]);
      await letGo();
      await answers;
    }
    expect(await countsOf()).toMatchObject([
      { begun: 10, mostRunning: 1 },
      { begun: 20, mostRunning: 2 },
      { begun: 40, mostRunning: 4 },
    ]);

    const prompts = Array.from({ length: 8 }, (_, index) => `at once ${index}`);
    const answers = Promise.all(prompts.map((prompt) => answerTo(pool, prompt)));
    await expect.poll(held, { interval: 20 }).toEqual([1, 2, 4]);
    const { control } = pool.gateway;
    const running = async () =>
      (await control.activity.list({ state: 'running' })).requests.map(({ queue }) => queue);
    await expect.poll(async () => (await running()).length).toBe(8);
    const inLine = async () => (await running()).filter((queue) => queue !== undefined);
    await expect.poll(inLine).toMatchObject([{ position: 1 }]);
    await letGo();
    await expect.poll(async () => (await held()).toSorted()).toEqual([0, 0, 1]);
    await letGo();
    await answers;
    expect((await countsOf()).map(({ mostRunning }) => mostRunning)).toEqual([1, 2, 4]);
  },
);

/** Asks for ten tokens and waits for all of them. */
async function answerTo(pool: TestPool, prompt: string): Promise<void> {
  const stream = await ask(pool, prompt);
  await stream.ended;
  expect(isWhole(stream, prompt, 10)).toBe(true);
}

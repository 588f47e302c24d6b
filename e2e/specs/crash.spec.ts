import { rmSync } from 'node:fs';
import OpenAI from 'openai';
import { countedNumbers } from '../fixtures/counted.ts';
import { childrenOf } from '../fixtures/processes.ts';
import { launchRuntime, type RunningRuntime } from '../fixtures/launch.ts';
import { openaiClient } from '../fixtures/openai.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

test.skip(process.platform === 'win32', 'finds processes with ps');

test('a killed engine gives its caller an error event, and nobody else notices', async ({
  runtime,
}) => {
  const { id: slow } = await runtime.model('slow');
  const openai = await openaiClient(runtime);
  const before = await childrenOf(runtime.pid);
  await openai.chat.completions.create({
    model: 'guide',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  await runtime.control.models.unload({ id: slow, force: true });
  const others = (await childrenOf(runtime.pid)).map((child) => child.pid);

  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: slow,
      messages: [{ role: 'user', content: 'Count' }],
      stream: true,
    }),
  });
  let wire = '';
  let killedAt = 0;
  for await (const part of response.body ?? []) {
    wire += Buffer.from(part).toString();
    if (killedAt === 0 && wire.includes(' 5')) {
      const engine = (await childrenOf(runtime.pid)).find((child) => !others.includes(child.pid));
      if (engine === undefined) throw new Error(`No engine among ${JSON.stringify(before)}`);
      process.kill(engine.pid, 'SIGKILL');
      killedAt = performance.now();
    }
  }
  expect(performance.now() - killedAt).toBeLessThan(promisedMs(1000));
  expect(wire).toContain('"error"');
  expect(wire).not.toContain('[DONE]');

  const guide = await openai.chat.completions.create({
    model: 'guide',
    messages: [{ role: 'user', content: 'Hello' }],
  });
  expect(guide.choices[0]?.message.content).toBeTruthy();
  const again = await openai.chat.completions.create({
    model: slow,
    messages: [{ role: 'user', content: 'Count' }],
    max_tokens: 3,
  });
  expect(again.choices[0]?.message.content).toBe(' 1 2 3');
});

const runningStreams = 20;

test('E29: killed under twenty streams, it comes back with chats, keys and models, and leaves no engine behind', async () => {
  const settings = { language: 'en' } as const;
  const first = await launchRuntime({ settings });
  const { home, control } = first;
  const { id: slow } = await first.loaded('slow');
  try {
    const { key } = await control.server.createKey({ name: 'survivor' });
    const chat = await control.chats.create({ model: 'guide' });
    const asked = { id: chat.id, parentId: null, text: 'What is Millpond?', model: 'guide' };
    const { answerId } = await control.chats.send(asked);
    const finished = async (runtime: RunningRuntime) => {
      const { messages } = await runtime.control.chats.get({ id: chat.id });
      return messages.find((message) => message.id === answerId && message.role === 'assistant');
    };
    await expect.poll(async () => await finished(first)).toMatchObject({ status: 'done' });
    const before = await finished(first);

    const ends = await Promise.all(
      Array.from({ length: runningStreams }, () => cutStream(first, slow)),
    );
    const engines = await childrenOf(first.pid);
    expect(engines.length).toBeGreaterThanOrEqual(2);
    await first.crash();
    for (const { wire } of await Promise.all(ends.map((end) => end()))) {
      expect(wire).not.toContain('[DONE]');
    }
    await expect.poll(() => engines.filter(({ pid }) => isAlive(pid))).toEqual([]);

    await using second = await launchRuntime({ home });
    expect(await finished(second)).toEqual(before);
    for (const model of [slow, 'guide']) {
      const openai = new OpenAI({ baseURL: `${second.origin}/v1`, apiKey: key, maxRetries: 0 });
      const answer = await openai.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Count to 3' }],
        max_tokens: 3,
      });
      expect(answer.choices[0]?.message.content).toBeTruthy();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

/** Starts a stream, waits for its first bytes, and answers how to read it to its end. */
async function cutStream(
  { origin }: RunningRuntime,
  model: string,
): Promise<() => Promise<{ wire: string }>> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Count' }], stream: true }),
  });
  expect(response.status).toBe(200);
  return async () => {
    let wire = '';
    try {
      for await (const part of response.body ?? []) wire += Buffer.from(part).toString();
    } catch {
      // The connection of a killed server breaks; what came before is what counts.
    }
    return { wire };
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // Nobody has this id any more.
  }
}

test('E29: a killed runtime loses no token that was shown, and no key', async ({ page }) => {
  const settings = { language: 'en', loadAtStart: false } as const;
  const first = await launchRuntime({ settings });
  const home = first.home;
  const app = new App(page, first.origin);
  await app.signIn(await first.loginUrl());
  await app.chat.choose((await first.loaded('slow')).name);
  await app.chat.send('Count, please');
  await expect(app.chat.answer).toContainText('40');
  const { key } = await first.control.server.createKey({ name: 'survivor' });
  await first.crash();
  const shown = countedNumbers(await app.chat.answer.innerText());
  expect(shown.length).toBeGreaterThanOrEqual(40);

  await using second = await launchRuntime({ home });
  const { chats } = await second.control.chats.list({});
  expect(chats).toHaveLength(1);
  const { messages } = await second.control.chats.get({ id: chats[0]?.id ?? '' });
  const answer = messages.find((message) => message.role === 'assistant');
  if (answer?.role !== 'assistant') throw new Error('The chat kept no answer');
  const kept = countedNumbers(
    answer.parts.map((part) => ('text' in part ? part.text : '')).join(''),
  );
  expect(kept.slice(0, shown.length)).toEqual(shown);
  expect(answer.status).toBe('interrupted');
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${second.origin}/v1/models`, { headers })).status).toBe(200);

  const reopened = new App(page, second.origin);
  await reopened.signIn(await second.loginUrl());
  await reopened.chat.entry('Count, please').click();
  await expect(reopened.chat.answer).toContainText(` ${shown.length} `.trimEnd());
  await reopened.chat.action(/^Continue/).click();
  await expect(reopened.chat.answer).toContainText(` ${kept.length + 5} `);
  await second.stop();
  rmSync(home, { recursive: true, force: true });
});

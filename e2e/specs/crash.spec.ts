import { countedNumbers } from '../fixtures/counted.ts';
import { childrenOf } from '../fixtures/processes.ts';
import { launchRuntime } from '../fixtures/launch.ts';
import { openaiClient } from '../fixtures/openai.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

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
  expect(performance.now() - killedAt).toBeLessThan(1000);
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

test('E29: a killed runtime loses no token that was shown, and no key', async ({ page }) => {
  const settings = { language: 'en', loadAtStart: false } as const;
  const first = await launchRuntime({ settings });
  const home = first.home;
  const app = new App(page, first.origin);
  await app.signIn(await first.loginUrl());
  await app.chat.choose((await first.model('slow')).name);
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
});

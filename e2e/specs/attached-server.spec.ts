import {
  spawnFakeOpenAiServer,
  type FakeServerProcess,
} from '../../src-main/testing/fake-openai-server.ts';
import { openaiClient } from '../fixtures/openai.ts';
import { expect, test as base } from '../fixtures/test.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

const models = [{ id: 'mistral-small' }, { id: 'qwen-vl', capabilities: ['vision'] as const }];
const withdrawnWithinMs = promisedMs(15_000);

interface ServerFixtures {
  /** A server of somebody else on this machine, in a process that a test may kill. */
  readonly server: FakeServerProcess;
}

const test = base.extend<ServerFixtures>({
  server: async ({}, use) => {
    const server = await spawnFakeOpenAiServer({ kind: 'openai', models });
    await use(server);
    await server.kill();
  },
});

/** A pixel. */
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('E4: a server is attached by its address, renamed, asked in Chat and over the API, withdrawn when it dies and back when it lives', async ({
  app,
  page,
  runtime,
  server,
}) => {
  test.setTimeout(120_000);
  await app.open('Server');
  await app.server.openView('Providers');
  await app.server.addServer(server.url, 'Workshop');
  const card = app.server.otherServer('Workshop');
  await expect(card).toContainText('Connected');
  await app.server.unfoldModels('Workshop');
  await app.server.rename('mistral-small', 'workshop/small');

  const idsOf = async (): Promise<string[]> => {
    const list = await (await openaiClient(runtime)).models.list();
    return list.data.map(({ id }) => id);
  };
  await expect.poll(idsOf).toContain('workshop/small');
  await app.open('My Models');
  await expect(app.models.row('workshop/small')).toContainText('Workshop');

  await app.open('Chat');
  await app.chat.startNew();
  await app.chat.choose('workshop/small');
  await expect(await app.chat.ask('Please [say hello from the workshop]')).toContainText(
    'hello from the workshop',
  );
  const openai = await openaiClient(runtime);
  const messages = [{ role: 'user' as const, content: '[say over the address]' }];
  const answer = await openai.chat.completions.create({ model: 'workshop/small', messages });
  expect(answer.choices[0]?.message.content).toContain('over the address');

  await server.kill();
  const killedAt = performance.now();
  await expect.poll(idsOf, { timeout: withdrawnWithinMs }).not.toContain('workshop/small');
  expect(performance.now() - killedAt).toBeLessThan(withdrawnWithinMs);
  await app.open('Server');
  await app.server.openView('Providers');
  await expect(card).toContainText('Away');
  await app.open('Chat');
  await app.chat.modelPicker.click();
  await expect(page.getByRole('option').filter({ hasText: 'workshop/small' })).toHaveCount(0);
  await page.keyboard.press('Escape');

  const port = Number(new URL(server.url).port);
  const again = await spawnFakeOpenAiServer({ kind: 'openai', models, port });
  try {
    await expect.poll(idsOf, { timeout: 60_000 }).toContain('workshop/small');
    await app.open('Server');
    await app.server.openView('Providers');
    await expect(card).toContainText('Connected');
  } finally {
    await again.kill();
    await removeAll(runtime.control);
  }
});

test('E4: an image for a model that reads only text is a 400 that names the capability', async ({
  runtime,
}) => {
  // One that tells what its models can do; of others nobody knows it before they have refused.
  const server = await spawnFakeOpenAiServer({ kind: 'ollama', models });
  const names = { 'mistral-small': 'workshop/small' };
  await runtime.control.servers.add({ url: server.url, name: 'Workshop', names });
  const image = { type: 'image_url' as const, image_url: { url: picture } };
  const content = [{ type: 'text' as const, text: 'What is this?' }, image];
  const openai = await openaiClient(runtime);
  for (const model of ['workshop/small', 'guide']) {
    const asked = openai.chat.completions.create({ model, messages: [{ role: 'user', content }] });
    await expect(asked).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/image|vision/i),
    });
  }
  await removeAll(runtime.control);
  await server.kill();
});

test('an address where nobody answers is one sentence, and nothing is kept', async ({
  app,
  page,
  runtime,
  server,
}) => {
  await server.kill();
  await app.open('Server');
  await app.server.openView('Providers');
  await app.server.addServerButton.click();
  await app.server.dialog.getByRole('textbox', { name: 'Address' }).fill(server.url);
  await app.server.dialog.getByRole('button', { name: 'Attach' }).click();
  await expect(app.server.dialog.getByRole('alert')).toContainText(/^.{20,300}$/);
  await page.keyboard.press('Escape');
  expect((await runtime.control.servers.list({})).servers).toEqual([]);
});

async function removeAll(control: Parameters<typeof openaiClient>[0]['control']): Promise<void> {
  const { servers } = await control.servers.list({});
  for (const { id } of servers) await control.servers.remove({ id });
}

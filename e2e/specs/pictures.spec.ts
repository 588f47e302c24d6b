import { imageSize } from 'image-size';
import { z } from 'zod';
import { startFakeOpenAiServer } from '../../src-main/testing/fake-openai-server.ts';
import type { FakeOpenAiServer } from '../../src-main/testing/fake-openai-server.ts';
import { drawnPicture, hand, squarePng, turnedOnce } from '../fixtures/picture.ts';
import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';

const eye = 'eye';
const answer = 'a green square';
const question = `What is it? [say ${answer}]`;

const pictureParts = z.array(
  z.object({ type: z.string(), image_url: z.object({ url: z.string() }).optional() }),
);

let server: FakeOpenAiServer;
let serverId: string;

test.beforeAll(async ({ runtime }) => {
  server = await startFakeOpenAiServer({
    kind: 'ollama',
    models: [{ id: eye, contextLength: 8192, capabilities: ['vision'] }],
  });
  ({ id: serverId } = await runtime.control.servers.add({ url: server.url, name: 'Lookout' }));
});

test.afterAll(async ({ runtime }) => {
  await runtime.control.servers.remove({ id: serverId });
  await server.close();
});

test.beforeEach(async ({ app }) => {
  await app.chat.startNew();
});

/** What the server was shown with the newest request, in order. */
function shownPictures(): { readonly mediaType: string; readonly bytes: Buffer }[] {
  const messages = server.bodies.at(-1)?.messages ?? [];
  return messages
    .flatMap(({ content }) => pictureParts.safeParse(content).data ?? [])
    .flatMap(({ image_url: image }) => {
      const [, mediaType = '', encoded = ''] =
        /^data:(.+);base64,(.+)$/.exec(image?.url ?? '') ?? [];
      return image === undefined ? [] : [{ mediaType, bytes: Buffer.from(encoded, 'base64') }];
    });
}

test('pictures that were pasted, dropped and chosen reach a model that sees', async ({
  app,
  page,
}) => {
  const pasted = squarePng('pasted.png', 40);
  const dropped = squarePng('dropped.png', 41);
  const chosen = squarePng('chosen.png', 42);
  await app.chat.choose(eye);
  await hand(page, pasted, 'paste');
  await expect(app.chat.picture('pasted.png')).toBeVisible();
  await hand(page, dropped, 'drop');
  await expect(app.chat.picture('dropped.png')).toBeVisible();
  await app.chat.attach([chosen]);
  await expect(await app.chat.ask(question)).toContainText(answer);
  expect(shownPictures()).toEqual(
    [pasted, dropped, chosen].map(({ buffer }) => ({ mediaType: 'image/png', bytes: buffer })),
  );
});

test('a message shows its pictures after a reload, larger when pressed, and as another version', async ({
  app,
  page,
}) => {
  await app.chat.choose(eye);
  await app.chat.attach([squarePng('pond.png', 64)]);
  await app.chat.ask(question);
  await page.reload();
  const asked = app.chat.turns.first();
  const picture = asked.getByRole('button', { name: 'pond.png' });
  await expect(picture.getByRole('img')).toHaveJSProperty('naturalWidth', 64);

  await picture.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'pond.png' });
  await expect(dialog.getByRole('img', { name: 'pond.png' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(picture).toBeFocused();

  await app.chat.action('Edit', asked).click();
  await page.getByRole('textbox', { name: 'Edit' }).fill('And now? [say still green]');
  await page.getByRole('button', { name: 'Send as a new version' }).click();
  await expect(app.chat.answer).toContainText('still green');
  expect(shownPictures()).toHaveLength(1);
  await expect(asked.getByRole('img', { name: 'pond.png' })).toBeVisible();
});

test('what engines cannot read or need not carry is drawn again before it is sent', async ({
  app,
  page,
}) => {
  await app.chat.choose(eye);
  const wide = { width: 4000, height: 1000 };
  const phone = { name: 'phone.jpg', type: 'image/jpeg', width: 80, height: 20 };
  const files = [
    await drawnPicture(page, { name: 'photo.webp', type: 'image/webp', width: 60, height: 30 }),
    turnedOnce(await drawnPicture(page, phone)),
    await drawnPicture(page, { name: 'wide.jpg', type: 'image/jpeg', ...wide }),
    await drawnPicture(page, { name: 'glass.png', type: 'image/png', ...wide, isSeeThrough: true }),
  ];
  for (const file of files) {
    await app.chat.attach([file]);
    await expect(app.chat.picture(file.name)).toBeVisible();
  }
  await app.chat.ask(question);
  const facts = shownPictures().map(({ mediaType, bytes }) => {
    const { width, height } = imageSize(bytes);
    return { mediaType, width, height };
  });
  expect(facts).toEqual([
    { mediaType: 'image/jpeg', width: 60, height: 30 },
    { mediaType: 'image/jpeg', width: 20, height: 80 },
    { mediaType: 'image/jpeg', width: 2048, height: 512 },
    { mediaType: 'image/png', width: 2048, height: 512 },
  ]);
});

test('a text model is named before anything is sent, and one that sees is one press away', async ({
  app,
  page,
  runtime,
}) => {
  const text = await runtime.loaded('scripted');
  await app.chat.choose(text.name);
  await hand(page, squarePng('pond.png', 32), 'paste');
  await app.chat.composer.fill(question);
  const note = page.getByText(`${text.name} cannot read pictures.`);
  await expect(note).toBeVisible();
  await expect(app.chat.sendButton).toBeDisabled();
  await expect(app.chat.sendButton).toHaveAccessibleDescription(/cannot read pictures/);
  await page.getByRole('button', { name: 'Use eye instead' }).click();
  await expect(note).toHaveCount(0);
  await app.chat.sendButton.click();
  await expect(app.chat.answer).toContainText(answer);

  await app.chat.choose(text.name);
  await app.chat.composer.fill('And in words?');
  await expect(page.getByText(`${text.name} cannot read the pictures of this chat.`)).toBeVisible();
  await expect(app.chat.sendButton).toBeDisabled();
});

test('without a model that sees, the note leads to where they are found', async ({
  app,
  page,
  runtime,
}) => {
  const hidden = { id: serverId, hidden: [eye] };
  await runtime.control.servers.update(hidden);
  try {
    await app.chat.choose((await runtime.loaded('scripted')).name);
    await app.chat.attach([squarePng('pond.png', 32)]);
    await page.getByRole('button', { name: 'Find a model that reads pictures' }).click();
    await expect(page).toHaveURL(/\/discover$/);
    await app.open('Chat');
    await page.getByRole('button', { name: 'Remove pond.png' }).click();
    await expect(app.chat.picture('pond.png')).toHaveCount(0);
  } finally {
    await runtime.control.servers.update({ ...hidden, hidden: [] });
  }
});

test('a refusal of the runtime offers a model that sees for the same question', async ({
  app,
  page,
  runtime,
}) => {
  const text = await runtime.loaded('scripted');
  await app.chat.choose(eye);
  await app.chat.attach([squarePng('pond.png', 32)]);
  await app.chat.ask(question);
  await app.chat.action('Again with another model').click();
  await page.getByRole('menuitem', { name: text.name, exact: true }).click();
  await expect(app.chat.answer.getByRole('alert')).toContainText('images (vision)');
  await app.chat.answer.getByRole('button', { name: 'Use eye instead' }).click();
  await expect(app.chat.answer).toContainText(answer);
});

test('a server that does not say whether its models see is shown the picture, and heard out', async ({
  app,
  page,
  runtime,
}) => {
  const quiet = await startFakeOpenAiServer({ kind: 'openai', models: [{ id: 'mystery' }] });
  const { id } = await runtime.control.servers.add({ url: quiet.url, name: 'Quiet' });
  try {
    await app.chat.choose('mystery');
    await app.chat.attach([squarePng('pond.png', 32)]);
    await expect(page.getByText('cannot read pictures')).toHaveCount(0);
    await app.chat.send('What is it? [error]');
    await expect(app.chat.answer.getByRole('alert')).toContainText('the fake broke');
    expect(JSON.stringify(quiet.bodies.at(-1))).toContain('data:image/png;base64,');
  } finally {
    await runtime.control.servers.remove({ id });
    await quiet.close();
  }
});

for (const theme of ['light', 'dark'] as const) {
  test(`pictures in a message, in the composer and enlarged, ${theme}: axe finds nothing`, async ({
    app,
    page,
    runtime,
  }) => {
    await runtime.control.settings.update({ theme });
    await app.chat.choose(eye);
    await app.chat.attach([squarePng('pond.png', 32)]);
    await app.chat.ask(question);
    await app.chat.attach([squarePng('weir.png', 32)]);
    await app.chat.choose((await runtime.loaded('scripted')).name);
    await expect(page.getByText(/cannot read pictures/)).toBeVisible();
    await expectAccessible(page);
    await app.chat.turns.first().getByRole('button', { name: 'pond.png' }).click();
    await expect(page.getByRole('dialog', { name: 'pond.png' })).toBeVisible();
    await expectAccessible(page);
  });
}

test('the API refuses a picture for a text model with a 400 that names the capability', async ({
  runtime,
}) => {
  const { id } = await runtime.model('scripted');
  const { mimeType, buffer } = squarePng('pond.png', 8);
  const url = `data:${mimeType};base64,${buffer.toString('base64')}`;
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url } },
  ];
  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: id, messages: [{ role: 'user', content }] }),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('vision');
});

import { expect, test } from '../fixtures/test.ts';

test('the address on the page is the one that answers', async ({ app }) => {
  await app.open('Server');
  const address = await app.server.address.innerText();
  expect((await fetch(`${address}/models`)).status).toBe(200);
});

for (const language of ['curl', 'Python', 'JavaScript'] as const) {
  test(`the ${language} snippet carries the live address and a model that exists`, async ({
    app,
    runtime,
  }) => {
    await app.open('Server');
    await app.server.snippetTab(language).click();
    await expect(app.server.snippet).toContainText(`${runtime.origin}/v1`);
    const text = await app.server.snippet.innerText();
    const { models } = await runtime.control.models.list({});
    expect(models.some((model) => text.includes(model.id))).toBe(true);
  });
}

test('a key is shown once, works, and stops working when it is revoked', async ({
  app,
  page,
  runtime,
}) => {
  await app.open('Server');
  await app.server.openView('Keys');
  await app.server.newKeyButton.click();
  await app.server.dialog.getByRole('textbox', { name: 'Name' }).fill('Editor');
  await app.server.dialog.getByRole('button', { name: 'Make the key' }).click();
  const shown = app.server.dialog.getByRole('code');
  const key = await shown.innerText();
  const status = async () =>
    (await fetch(`${runtime.origin}/v1/models`, { headers: { authorization: `Bearer ${key}` } }))
      .status;
  expect(await status()).toBe(200);
  await app.server.dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  await app.server
    .keyRow('Editor')
    .getByRole('button', { name: /^Revoke/ })
    .click();
  await app.server.dialog.getByRole('button', { name: /^Revoke/ }).click();
  await expect(app.server.keyRow('Editor')).toHaveCount(0);
  expect(await status()).toBe(401);
});

test('the keyless switch closes the address to callers without a key', async ({ app, runtime }) => {
  await app.open('Server');
  const status = async () => (await fetch(`${runtime.origin}/v1/models`)).status;
  await app.server.keylessSwitch.click();
  await expect.poll(status).toBe(401);
  await app.server.keylessSwitch.click();
  await expect.poll(status).toBe(200);
});

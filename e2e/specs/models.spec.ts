import { expect, test } from '../fixtures/test.ts';

test('a model is loaded and unloaded, and the words say so', async ({ app, runtime }) => {
  const { id, name } = await runtime.model('scripted');
  await runtime.control.models.unload({ id, force: true });
  await app.open('My Models');
  await app.models.loadButton(name).click();
  await expect(app.models.row(name)).toContainText('Ready');
  await app.models.unloadButton(name).click();
  await expect(app.models.loadButton(name)).toBeVisible();
  expect((await runtime.control.models.list({})).models).toContainEqual(
    expect.objectContaining({ id, state: { phase: 'installed' } }),
  );
});

test('the bundled model is listed without a download', async ({ app }) => {
  await app.open('My Models');
  await expect(app.models.row('Guide')).toContainText('Millpond');
});

test('a chosen context length is what the engine gets', async ({ app, runtime }) => {
  const { id, name } = await runtime.model('scripted');
  await app.open('My Models');
  await app.models.optionsButton(name).click();
  await app.models.option('Context').fill('1024');
  await app.models.applyButton.click();
  const contextLength = async () => {
    const { models } = await runtime.control.models.list({});
    return models.find((model) => model.id === id)?.loaded?.contextLength;
  };
  await expect.poll(contextLength, { timeout: 60_000 }).toBe(1024);
});

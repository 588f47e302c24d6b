import { expect, test } from '../fixtures/test.ts';

test('a model is loaded and unloaded, and the words say so', async ({ app, runtime }) => {
  const scripted = await runtime.modelId('scripted');
  await runtime.control.models.unload({ id: scripted, force: true });
  await app.open('My Models');
  await app.models.loadButton(scripted).click();
  await expect(app.models.row(scripted)).toContainText('Ready');
  await app.models.unloadButton(scripted).click();
  await expect(app.models.loadButton(scripted)).toBeVisible();
  const { models } = await runtime.control.models.list({});
  expect(models.find((model) => model.id === scripted)?.state.phase).toBe('installed');
});

test('the bundled model is listed without a download', async ({ app }) => {
  await app.open('My Models');
  await expect(app.models.row('guide')).toBeVisible();
});

test('a chosen context length is what the engine gets', async ({ app, runtime }) => {
  const scripted = await runtime.modelId('scripted');
  await app.open('My Models');
  await app.models.optionsButton(scripted).click();
  await app.models.optionsDialog.getByRole('spinbutton', { name: /context/i }).fill('1024');
  await app.models.optionsDialog.getByRole('button', { name: /^(Load|Reload|Save)/ }).click();
  const contextLength = async () => {
    const { models } = await runtime.control.models.list({});
    return models.find((model) => model.id === scripted)?.options.contextLength;
  };
  await expect.poll(contextLength).toBe(1024);
});

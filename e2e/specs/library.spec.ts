import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeScriptedModel } from '../../src-main/testing/scripted-gguf.ts';
import { personFolder } from '../fixtures/launch.ts';
import { putInHubCache, putInLmStudio, putInOllama } from '../fixtures/other-programs.ts';
import { expect, sentBytes, sha256Of, test } from '../fixtures/test-hub.ts';

const mebibyte = 1024 * 1024;

test('models of LM Studio, Ollama and the hub’s cache are found, used where they are, and nothing is copied', async ({
  world,
  page,
}) => {
  const person = personFolder(world.home);
  const otter = putInLmStudio(person, 'otter');
  putInOllama(person, 'newt');
  putInHubCache(person, 'carp');
  const { app, runtime } = await world.open(page);
  await app.open('My Models');
  await expect(app.models.foundBanner).toContainText(
    /Found 3 models, [\d.,]+\s[KMG]B, in the folders of/,
  );
  await expect(app.models.foundBanner).toContainText('Nothing is copied');
  for (const model of ['otter', 'newt', 'carp']) await expect(app.models.row(model)).toHaveCount(0);
  await app.models.foundBanner.getByRole('button', { name: 'Use in place' }).click();
  await expect(app.models.row('otter')).toContainText('LM Studio');
  await expect(app.models.row('newt')).toContainText('Ollama');
  await expect(app.models.row('carp')).toContainText('Hugging Face');
  expect(existsSync(join(world.home, 'models', 'pond'))).toBe(false);

  const { name } = await runtime.model('otter');
  await app.open('Chat');
  await app.chat.choose(name);
  await expect(await app.chat.ask('Who are you?')).toContainText('otter of LM Studio');
  expect(existsSync(otter)).toBe(true);
});

test('a file that another program uses too is deleted only when that is meant, and comes back with Undo', async ({
  world,
  page,
}) => {
  const theirs = putInLmStudio(personFolder(world.home), 'otter');
  const ours = join(world.home, 'models', 'pond', 'otter', 'otter-F16.gguf');
  mkdirSync(join(ours, '..'), { recursive: true });
  linkSync(theirs, ours);
  const { app, runtime } = await world.open(page);
  await app.open('My Models');
  const { name } = await runtime.model('otter');
  await app.models.choose(name, 'Delete');
  await expect(app.models.dialog).toContainText(`Delete ${name} for other programs too?`);
  await expect(app.models.dialog).toContainText('LM Studio');
  await app.models.dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(app.models.row(name)).toBeVisible();
  await app.models.choose(name, 'Delete');
  await app.models.dialog.getByRole('button', { name: 'Delete anyway' }).click();
  await expect(app.models.row(name)).toHaveCount(0);
  await app.toast('is off the list').getByRole('button', { name: 'Undo' }).click();
  await expect(app.models.row(name)).toBeVisible();
  expect(existsSync(ours)).toBe(true);
});

test('a file is imported by its path and left there; what is no model is refused in one sentence', async ({
  world,
  page,
}) => {
  const folder = join(personFolder(world.home), 'stick');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'pike-F16.gguf');
  writeScriptedModel(path, { name: 'Pike', says: 'I am a pike.' });
  const text = join(folder, 'notes.gguf');
  writeFileSync(text, 'no model at all');
  const { app, runtime } = await world.open(page);
  await app.open('My Models');
  await app.models.importFrom(path);
  await expect(app.toast('imported')).toBeVisible();
  const { name } = await runtime.model('pike');
  await expect(app.models.row(name)).toBeVisible();
  expect((await runtime.control.models.get({ name: 'pike' })).path).toBe(path);
  await app.models.importFrom(text);
  await expect(app.models.dialog.getByRole('alert')).toContainText('notes.gguf');
  expect(existsSync(text)).toBe(true);
});

test('damage on the disk is found, and only the damaged part is fetched again', async ({
  world,
  page,
}) => {
  const file = 'Heron-7B-Q4_K_M.gguf';
  world.publish({
    ...{ repo: 'pond/Heron-7B-GGUF', quantizations: ['Q4_K_M'], says: 'I stand still.' },
    ballastParameters: 10_000_000,
  });
  const { app, runtime } = await world.open(page);
  const { id } = await runtime.control.downloads.start({ name: 'hf:pond/Heron-7B-GGUF' });
  const modelId = async () =>
    (await runtime.control.downloads.list({})).downloads.find((one) => one.id === id)?.modelId;
  await expect.poll(modelId, { timeout: 60_000 }).toBeDefined();
  const path = join(world.home, 'models', 'pond', 'Heron-7B-GGUF', file);
  const sound = sha256Of(path);
  flipByte(path, 12 * mebibyte);
  expect(sha256Of(path)).not.toBe(sound);

  await app.open('My Models');
  const { name } = await runtime.model('Heron');
  await app.models.choose(name, 'Verify');
  await expect(app.models.row(name)).toContainText('Damaged', { timeout: 60_000 });
  world.hub.requests.length = 0;
  await app.models.row(name).getByRole('button', { name: 'Repair' }).click();
  await expect(app.models.row(name)).toContainText('every byte is right', {
    timeout: 60_000,
  });
  expect(sha256Of(path)).toBe(sound);
  expect(sentBytes(world.hub)).toBeLessThanOrEqual(8 * mebibyte);
});

function flipByte(path: string, position: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from([0xff]), 0, 1, position);
  closeSync(file);
}

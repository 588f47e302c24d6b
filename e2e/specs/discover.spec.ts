import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { HubModelFixture } from '../../src-main/testing/hub/hub-api.ts';
import type { RunningRuntime } from '../fixtures/launch.ts';
import { expect, sentBytes, sha256Of, test } from '../fixtures/test-hub.ts';

const repo = 'pond/Heron-7B-GGUF';
const name = 'Heron-7B Q4_K_M';
const file = 'Heron-7B-Q4_K_M.gguf';
const says = 'A heron stands still until the fish comes.';
/** Three blocks of the downloader, so that a part can be fetched alone. */
const ballastParameters = 10_000_000;
const mebibyte = 1024 * 1024;

/** One of the models that Millpond suggests, by its real name. */
const llama = {
  repo: 'bartowski/Llama-3.2-3B-Instruct-GGUF',
  quantizations: ['Q4_K_M'],
  says: 'From now on I answer.',
  hub: { gguf: { total: 3_000_000_000, context_length: 8192 } },
};

const heron = { repo, quantizations: ['Q4_K_M', 'Q8_0'], says, ballastParameters };

async function theDownload({ control }: RunningRuntime) {
  const { downloads } = await control.downloads.list({});
  const [download] = downloads;
  if (download === undefined) throw new Error('There is no download');
  return download;
}

/** From 0 to 1; 0 also before it has begun. */
async function shareOf({ control }: RunningRuntime): Promise<number> {
  const { downloads } = await control.downloads.list({});
  const { doneBytes = 0, totalBytes = 1 } = downloads[0] ?? {};
  return doneBytes / totalBytes;
}

/** The file on the disk that the hub hands out. */
function published({ files }: HubModelFixture): string {
  const content = files.get(file);
  if (typeof content !== 'string') throw new Error('The repository has no model');
  return content;
}

test('E3: a download that was paused at 40 % goes on after a restart, fetches nothing twice, is verified and answers', async ({
  world,
  page,
}) => {
  const model = world.publish(heron);
  world.hub.break(file, { bytesPerSecond: 1.5 * mebibyte });
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('heron', 'Heron-7B');
  await expect(app.discover.size('Q4_K_M')).toContainText('Fits');
  await expect(app.discover.size('Q8_0')).toContainText('Fits');
  await app.discover.downloadButton(name).click();
  await expect(app.discover.downloads).toContainText('Downloading');
  await expect.poll(() => shareOf(runtime), { timeout: 60_000 }).toBeGreaterThan(0.38);
  await app.discover.pauseButton(name).click();
  await expect(app.discover.downloads).toContainText('Paused');
  const paused = await theDownload(runtime);
  expect(paused.doneBytes / paused.totalBytes).toBeLessThan(0.75);
  await runtime.stop();

  world.hub.requests.length = 0;
  world.hub.faults.clear();
  const { app: again, runtime: second } = await world.open(page);
  await again.open('Discover');
  await expect(again.discover.downloads).toContainText('Paused');
  const kept = await theDownload(second);
  expect(kept.doneBytes).toBe(paused.doneBytes);
  expect(sentBytes(world.hub)).toBe(0);
  await again.discover.resumeButton(name).click();
  await expect(again.toast(`${name} is on this machine`)).toBeVisible({ timeout: 60_000 });
  expect(sentBytes(world.hub)).toBeLessThanOrEqual(kept.totalBytes - kept.doneBytes + mebibyte);
  const arrived = join(world.home, 'models', ...repo.split('/'), file);
  expect(sha256Of(arrived)).toBe(sha256Of(published(model)));
  expect(await theDownload(second)).toMatchObject({ state: 'done', repairedBytes: 0 });

  await again.toast(name).getByRole('button', { name: 'Chat with it' }).click();
  await expect(again.chat.modelPicker).toContainText('Heron');
  await expect(await again.chat.ask('What does a heron do?')).toContainText(says);
});

test('E3: what arrives damaged is found and replaced in part only, and the states are true', async ({
  world,
  page,
}) => {
  const model = world.publish(heron);
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('heron', 'Heron-7B');
  await expect(app.discover.size('Q8_0')).toContainText('Fits');
  const heal = world.hub.break(file, { flipByteAt: mebibyte, times: 1 });
  await app.discover.downloadButton(name).click();
  await expect(app.toast(`${name} is on this machine`)).toBeVisible({ timeout: 60_000 });
  heal();
  const { repairedBytes } = await theDownload(runtime);
  expect(repairedBytes).toBeGreaterThan(0);
  expect(repairedBytes).toBeLessThanOrEqual(8 * mebibyte);
  const arrived = join(world.home, 'models', ...repo.split('/'), file);
  expect(sha256Of(arrived)).toBe(sha256Of(published(model)));
  await expect(app.discover.size('Q4_K_M')).toContainText('Installed');

  await app.open('My Models');
  const { name: installed } = await runtime.model('Heron');
  await expect(app.models.loadButton(installed)).toBeVisible();
  await expect(app.models.unloadButton(installed)).toHaveCount(0);
  await app.models.loadButton(installed).click();
  await expect(app.models.row(installed)).toContainText('Ready');
  await app.models.unloadButton(installed).click();
  await expect(app.models.loadButton(installed)).toBeVisible();
  await expect(app.models.row(installed)).not.toContainText('Ready');
});

test('E3: a name that leads out of the models folder is not offered', async ({ world, page }) => {
  const { files, ...model } = world.publish({ ...heron, repo: 'pond/Otter-GGUF' });
  const content = files.get('Otter-Q4_K_M.gguf');
  if (content === undefined) throw new Error('The repository has no model');
  world.publishAs({
    ...{ ...model, repo: 'pond/Trap-GGUF' },
    files: new Map([
      ['../../../Trap-Q4_K_M.gguf', content],
      ['Trap-Q8_0.gguf', content],
    ]),
  });
  const { app } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('trap', 'Trap');
  await expect(app.discover.size('Q8_0')).toBeVisible();
  await expect(app.discover.size('Q4_K_M')).toHaveCount(0);
});

test('E3: a disk that is too small is told before the start, and nothing is fetched', async ({
  world,
  page,
}) => {
  const whale = join(world.home, 'whale');
  writeFileSync(whale, 'GGUF');
  // Sparse: large on paper, a few bytes on the disk.
  truncateSync(whale, 8e12);
  world.publishAs({
    ...{ repo: 'pond/Whale-GGUF', commit: 'c'.repeat(40), tags: ['gguf'] },
    files: new Map([['Whale-Q4_K_M.gguf', { path: whale, sha256: 'a'.repeat(64) }]]),
  });
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('whale', 'Whale');
  await expect(page.getByText(/^The disk has .* too little for it\.$/)).toBeVisible();
  const before = sentBytes(world.hub);
  await app.discover.downloadButton('Whale Q4_K_M').click();
  const refusal = page.getByRole('alert').filter({ hasText: 'could not be downloaded' });
  await expect(refusal).toContainText(/needs [\d,.]+ GB on its disk and [\d,.]+ GB are free/);
  expect(sentBytes(world.hub)).toBe(before);
  expect((await runtime.control.downloads.list({})).downloads).toEqual([]);
});

test('E3: the hub dies; another is chosen in place, and the same download goes on there', async ({
  world,
  page,
}) => {
  world.publish(heron);
  const mirror = await world.startMirror();
  mirror.break(file, { bytesPerSecond: 4 * mebibyte });
  world.hub.break(file, { bytesPerSecond: mebibyte });
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('heron', 'Heron-7B');
  await app.discover.downloadButton(name).click();
  await expect.poll(() => shareOf(runtime), { timeout: 60_000 }).toBeGreaterThan(0.1);
  world.hub.setDead(true);
  const { doneBytes, id, totalBytes } = await theDownload(runtime);

  await app.open('Discover');
  await app.discover.search.fill('something else');
  await app.discover.useAddress(mirror.origin);
  await expect(app.discover.unreachableNote).toHaveCount(0);
  await expect
    .poll(async () => (await theDownload(runtime)).state, { timeout: 60_000 })
    .toBe('done');
  expect(await theDownload(runtime)).toMatchObject({
    id,
    repairedBytes: 0,
    endpoint: new URL(mirror.origin).host,
  });
  expect(sentBytes(mirror)).toBeLessThanOrEqual(totalBytes - doneBytes + mebibyte);
  expect((await runtime.control.settings.get({})).hubEndpoint).toBe(mirror.origin);
});

test('E3: a gated model says what to do; a wrong token is one sentence, a right one goes on', async ({
  world,
  page,
}) => {
  world.publish({ ...heron, ballastParameters: 0, hub: { isGated: true } });
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await app.discover.find('heron', 'Heron-7B');
  await expect(page.getByText('Its makers ask who takes it')).toBeVisible();
  await app.discover.downloadButton(name).click();
  const stopped = app.discover.downloads;
  await expect(stopped).toContainText('This model needs an account on the hub');
  await expect(stopped).toContainText('Ask for access on its page');
  await expect(stopped).toContainText(`${world.hub.origin}/${repo}`);
  const field = stopped.getByLabel('Access token');
  await field.fill('hf_wrong');
  await stopped.getByRole('button', { name: 'Keep the token' }).click();
  await expect(stopped).toContainText('does not accept your access token');
  await field.fill('hf_ada');
  await stopped.getByRole('button', { name: 'Keep the token' }).click();
  await expect(app.toast(`${name} is on this machine`)).toBeVisible({ timeout: 60_000 });
  expect(await runtime.control.hub.status({})).toMatchObject({ account: 'ada' });
  const elsewhere = world.hub.requests.filter(({ server }) => server === 'cdn');
  expect(elsewhere.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
});

test('offline shows what was known, with its age', async ({ world, page }) => {
  world.publish({ ...heron, ballastParameters: 0 });
  world.publish(llama);
  const { app, runtime } = await world.open(page);
  await app.open('Discover');
  await expect(app.discover.result('Heron-7B')).toBeVisible();
  await runtime.stop();
  world.hub.setDead(true);
  makeOlder(join(world.home, 'hub-cache', 'answers'), 3 * 24 * 3_600_000);
  const { app: again } = await world.open(page);
  await again.open('Discover');
  await expect(again.discover.result('Heron-7B')).toBeVisible({ timeout: 60_000 });
  await expect(again.discover.unreachableNote).toContainText(/What is shown was known at .*\d/);
});

/** What the hub said was said so much earlier. */
function makeOlder(folder: string, ms: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const answer = z.looseObject({ at: z.number() }).parse(JSON.parse(readFileSync(path, 'utf8')));
    writeFileSync(path, JSON.stringify({ ...answer, at: answer.at - ms }));
  }
}

test('Local only asks no hub, names the attempts, and leaves this machine to itself', async ({
  world,
  page,
}) => {
  world.publish({ ...heron, ballastParameters: 0 });
  const { app, runtime } = await world.open(page);
  await runtime.control.settings.update({ localOnly: true });
  // What the window asked before.
  world.hub.requests.length = 0;
  await app.open('Discover');
  await expect(page.getByText('Local only is on.').first()).toBeVisible();
  for (const attempt of [
    runtime.control.hub.search({ query: 'heron' }),
    runtime.control.downloads.start({ name: `hf:${repo}` }),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: 'unavailable' });
  }
  const elsewhere = 'http://server.example:8000';
  await expect(runtime.control.servers.add({ url: elsewhere })).rejects.toMatchObject({
    message: expect.stringContaining('Local only'),
  });
  expect(world.hub.requests).toEqual([]);
  await page.goto(`${runtime.origin}/settings/privacy`);
  const refused = page.getByRole('row').filter({ hasText: 'server.example' });
  await expect(refused).toContainText(/\b1\b/);
  const { hosts } = await runtime.control.privacy.contacts({});
  expect(hosts.filter(({ isLoopback }) => !isLoopback)).toMatchObject([
    { refused: 1, requests: 0 },
  ]);

  await app.open('Chat');
  await expect(await app.chat.ask('What is Millpond?')).toContainText(/\w/);
});

test('while Guide is the only model, Chat gets a better one and goes on in it', async ({
  world,
  page,
}) => {
  world.publish(llama);
  const { app } = await world.open(page);
  await app.open('Chat');
  const card = page.getByRole('region', { name: 'A better model than Guide' });
  await expect(card).toContainText(/For this machine: Llama 3\.2 3B, [\d.,]+\s[KMG]B/, {
    timeout: 60_000,
  });
  await card.getByRole('button', { name: 'Get it' }).click();
  await expect(app.chat.modelPicker).toContainText('Llama', { timeout: 60_000 });
  await expect(card).toHaveCount(0);
  await expect(await app.chat.ask('Who are you?')).toContainText('From now on I answer.');
});

import { execFile } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ControlClient } from '../contract/control.ts';
import type { Download } from '../contract/downloads.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import { type HubModelFixture, startTestModelHub } from '../testing/hub/hub-api.ts';
import type { TestModelHub } from '../testing/hub/hub-api.ts';
import { scriptedRepo } from '../testing/hub/scripted-repo.ts';
import { isolatedEnvironment } from '../testing/isolated-environment.ts';
import { spawnRuntime } from '../testing/spawn-runtime.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const commandFile = join(import.meta.dirname, '..', 'cli.ts');
const repo = 'pond/Heron-GGUF';
const file = 'Heron-Q4_K_M.gguf';
const accounts = { hf_ada: 'ada', hf_eve: 'eve' };

/** One quantization of a few hundred kilobytes, or more with ballast. */
function heron(folder: string, change: Partial<HubModelFixture> = {}, megabytes = 0) {
  const ballastParameters = megabytes * 500_000;
  return scriptedRepo(folder, {
    ...{ repo, quantizations: ['Q4_K_M'], says: 'I stand still.', ballastParameters },
    hub: change,
  });
}

async function hubWith(...models: readonly HubModelFixture[]): Promise<TestModelHub> {
  const hub = await startTestModelHub({ models, accounts });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  return hub;
}

/** A runtime that looks for models at this hub. Its library holds a file that must stay as it is. */
async function runtimeAt(
  hub: TestModelHub,
  options: { env?: object; settings?: SettingsPatch } = {},
) {
  const home = temporaryFolder();
  const kept = join(home, 'models', 'mine', 'notes.txt');
  mkdirSync(join(home, 'models', 'mine'), { recursive: true });
  writeFileSync(kept, 'mine');
  const env = { HF_ENDPOINT: hub.origin, ...options.env };
  const { control, runtime } = await startTestRuntime(home, { env });
  if (options.settings) await control.settings.update(options.settings);
  onTestFinished(() => {
    expect(readFileSync(kept, 'utf8')).toBe('mine');
  });
  const folder = join(home, 'models', 'pond', 'Heron-GGUF');
  return { home, control, runtime, folder, host: new URL(hub.origin).host };
}

async function reach(
  control: ControlClient,
  id: string,
  ...states: readonly Download['state'][]
): Promise<Download> {
  const find = async (): Promise<Download | undefined> =>
    (await control.downloads.list({})).downloads.find((download) => download.id === id);
  await expect
    .poll(async () => (await find())?.state, { timeout: 30_000 })
    .toSatisfy((state: Download['state']) => states.includes(state));
  const found = await find();
  if (found === undefined) throw new Error('the download left the list');
  return found;
}

/** Starts it and waits for how it ends. */
async function pulled(control: ControlClient, name = `hf:${repo}`): Promise<Download> {
  const { id } = await control.downloads.start({ name });
  return reach(control, id, 'done', 'failed');
}

const sentBytes = (hub: TestModelHub): number =>
  hub.requests
    .filter(({ path }) => path.endsWith('.gguf'))
    .reduce((sum, request) => sum + request.sentBytes, 0);

test('a wrong token is refused in one sentence, and the one that was kept stays', async () => {
  const hub = await hubWith(heron(temporaryFolder(), { isGated: true }));
  const { control, host } = await runtimeAt(hub);
  expect(await control.hub.setToken({ token: 'hf_ada' })).toMatchObject({ account: 'ada' });
  await expect(control.hub.setToken({ token: 'hf_wrong' })).rejects.toMatchObject({
    code: 'unauthenticated',
    reason: 'token-refused',
    message: `${host} does not accept your access token: enter a new one or take it away`,
  });
  expect(await pulled(control)).toMatchObject({ state: 'done' });
});

test('a wrong token of the environment is named as such', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const { control, host } = await runtimeAt(hub, { env: { HF_TOKEN: 'hf_wrong' } });
  await expect(control.downloads.start({ name: repo })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: `${host} does not accept the access token in HF_TOKEN: enter a new one or take it away`,
  });
  expect((await control.downloads.list({})).downloads).toEqual([]);
});

test('a gated repository says where access is asked for, and goes on with a token', async () => {
  const hub = await hubWith(heron(temporaryFolder(), { isGated: true }));
  const { control } = await runtimeAt(hub);
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'unauthenticated',
    reason: 'token-needed',
    message: `${repo} is open only to accounts that were granted access: ask for it at ${hub.origin}/${repo}, then enter your access token in the settings`,
  });
  await control.hub.setToken({ token: 'hf_ada' });
  await control.downloads.resume({ id });
  expect(await reach(control, id, 'done')).toMatchObject({ modelId: 'pond/heron:q4_k_m' });
});

test('a repository that nobody knows and a quantization that it has not end before anything is queued', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const { control, host } = await runtimeAt(hub);
  await expect(control.downloads.start({ name: 'hf:pond/Missing-GGUF' })).rejects.toMatchObject({
    code: 'not-found',
    message: `${host} has no repository pond/Missing-GGUF, or it is private: check the name, or enter an access token that may read it`,
  });
  await expect(control.downloads.start({ name: `hf:${repo}:Q9_X` })).rejects.toMatchObject({
    code: 'not-found',
    message: `${repo} has no Q9_X: it has Q4_K_M`,
  });
  await expect(control.downloads.start({ name: 'a heron' })).rejects.toMatchObject({
    code: 'invalid-request',
    message:
      '“a heron” is not the name of a model on the hub: it looks like org/name or org/name:Q4_K_M',
  });
  expect((await control.downloads.list({})).downloads).toEqual([]);
});

test('the command line says the same sentence and nothing else, with a status of its own', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const home = temporaryFolder();
  const env = {
    ...isolatedEnvironment(home, { HF_ENDPOINT: hub.origin }),
    ...{ MILLPOND_HOME: home, MILLPOND_ENGINE_THREADS: '1', NO_COLOR: '1' },
  };
  const run = (name: string) =>
    new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [commandFile, 'pull', name], { env }, (error, out, err) => {
        resolve({ code: error?.code ?? 0, out, err });
      });
    });
  expect(await run(`hf:${repo}:Q9_X`)).toEqual({
    code: 3,
    out: '',
    err: expect.stringMatching(/^[^\n]*pond\/Heron-GGUF has no Q9_X: it has Q4_K_M\n$/) as string,
  });
  const { code, out } = await run(`hf.co/${repo}:q4_k_m`);
  expect({ code, out }).toEqual({
    code: 0,
    out: 'Heron Q4_K_M is installed as pond/heron:q4_k_m\n',
  });
});

test('a name that leads out of the folder is refused, and nothing is written', async () => {
  const model = heron(temporaryFolder());
  const [content] = [...model.files].filter(([path]) => path === file).map(([, bytes]) => bytes);
  if (content === undefined) throw new Error('the repository has no model');
  const files = new Map([['../../../escaped-Q4_K_M.gguf', content]]);
  const hub = await hubWith({ ...model, files });
  const { control, home } = await runtimeAt(hub);
  await expect(control.downloads.start({ name: `hf:${repo}` })).rejects.toMatchObject({
    message: expect.stringMatching(/^[^\n]{20,250}$/) as string,
  });
  expect(sentBytes(hub)).toBe(0);
  const written = readdirSync(join(home, '..')).filter((name) => name.includes('escaped'));
  expect(written).toEqual([]);
  expect(existsSync(join(home, 'models', 'pond'))).toBe(false);
});

test('bytes that are never what the hub promised are kept aside, and a better hub repairs them', async () => {
  const folder = temporaryFolder();
  const model = heron(folder);
  const hub = await hubWith(model);
  const { control, folder: arriving, host } = await runtimeAt(hub);
  const heal = hub.break(file, { flipByteAt: 1000 });
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `${file} is complete, but it is not the file that ${host} promised; cancel it, or choose another address for the hub and resume`,
  });
  expect(readdirSync(arriving).toSorted()).toEqual([`${file}.part`, `${file}.part.journal`]);
  const models = async () => (await control.models.list({})).models.map(({ id: known }) => known);
  expect(await models()).not.toContain('pond/heron:q4_k_m');
  heal();
  await control.downloads.resume({ id });
  expect(await reach(control, id, 'done')).toMatchObject({ repairedBytes: expect.any(Number) });
  expect(await models()).toContain('pond/heron:q4_k_m');
});

test('a hub that lies about the digest gets no file into the library', async () => {
  const model = heron(temporaryFolder());
  const path = String(model.files.get(file));
  const files = new Map([[file, { path, sha256: 'a'.repeat(64) }]]);
  const { control, folder } = await runtimeAt(await hubWith({ ...model, files }));
  const { error } = await pulled(control);
  expect(error).toMatchObject({ code: 'conflict' });
  expect(error?.message).toContain('it is not the file that');
  expect(existsSync(join(folder, file))).toBe(false);
});

test('another file in the same place is never replaced', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const { control, folder } = await runtimeAt(hub);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), 'something else');
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `Another file is already at ${join(folder, file)}; move or delete it, then resume the download`,
  });
  expect(readFileSync(join(folder, file), 'utf8')).toBe('something else');
  rmSync(join(folder, file));
  await control.downloads.resume({ id });
  await reach(control, id, 'done');
});

test('a file that was renamed is still known by its digest, and is not fetched again', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const { control, folder } = await runtimeAt(hub);
  const { modelId = '' } = await pulled(control);
  const before = await control.models.get({ name: modelId });
  const renamed = join(folder, '..', 'my-favourite.gguf');
  renameSync(join(folder, file), renamed);
  const { models } = await control.models.rescan({});
  const found = models.find(({ path }) => path === renamed);
  expect(found).toMatchObject({ origin: before.origin, digest: before.digest });
  await control.models.verify({ id: found?.id ?? '' });
  const check = async () => (await control.models.get({ name: found?.id ?? '' })).check;
  await expect.poll(check).toMatchObject({ phase: 'sound', isKnown: true });
});

test('a folder that is a file is one sentence, and the download goes on elsewhere', async () => {
  const hub = await hubWith(heron(temporaryFolder()));
  const { control } = await runtimeAt(hub);
  const inTheWay = join(temporaryFolder(), 'models');
  writeFileSync(inTheWay, 'a file');
  await control.settings.update({ downloadFolder: inTheWay });
  const place = join(inTheWay, 'pond', 'Heron-GGUF');
  expect((await pulled(control)).error).toMatchObject({
    code: 'unavailable',
    message: `Millpond cannot write to ${place}: a part of the path is a file, not a folder; choose another folder`,
  });
  expect(readFileSync(inTheWay, 'utf8')).toBe('a file');
  await control.settings.update({ downloadFolder: '' });
  expect(await pulled(control)).toMatchObject({ state: 'done' });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A disk of its own in memory; undefined where this machine allows no mounting. */
function mountDisk(size: string): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    return undefined; // Containers often forbid it.
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
  });
  return folder;
}

test.runIf(mayMount)(
  'a disk that is too small is told before anything is fetched',
  async (context) => {
    const disk = mountDisk('4m');
    if (disk === undefined) return context.skip('this machine allows no mounting');
    const hub = await hubWith(heron(temporaryFolder()));
    const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
    await expect(control.downloads.start({ name: repo })).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(
        /^Heron Q4_K_M needs \d+ MB on its disk and \d MB are free; free some space or choose another folder$/,
      ) as string,
    });
    expect(sentBytes(hub)).toBe(0);
    expect(readdirSync(disk)).toEqual([]);
  },
);

test.runIf(mayMount)(
  'a disk that fills up on the way stops the download, and room heals it',
  async (context) => {
    const disk = mountDisk('290m');
    if (disk === undefined) return context.skip('this machine allows no mounting');
    const hub = await hubWith(heron(temporaryFolder(), {}, 20));
    hub.break(file, { bytesPerSecond: 1_000_000 });
    const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
    const { id } = await control.downloads.start({ name: repo });
    const done = async () => (await control.downloads.list({})).downloads[0]?.doneBytes ?? 0;
    await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(1_000_000);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(bavail * bsize));
    const { error, doneBytes } = await reach(control, id, 'failed');
    expect(error).toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(
        /^[^\n]*(?:is full|disk is full)[^\n]*free some space[^\n]*$/,
      ) as string,
    });
    hub.faults.clear();
    hub.requests.length = 0;
    rmSync(join(disk, 'ballast'));
    await control.downloads.resume({ id });
    const { totalBytes } = await reach(control, id, 'done');
    expect(sentBytes(hub)).toBeLessThanOrEqual(totalBytes - doneBytes + 2 * 1024 * 1024);
  },
  90_000,
);

test.runIf(mayMount)('a read-only disk is one sentence', async (context) => {
  const disk = mountDisk('300m');
  if (disk === undefined) return context.skip('this machine allows no mounting');
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const hub = await hubWith(heron(temporaryFolder()));
  const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
  const place = join(disk, 'pond', 'Heron-GGUF');
  expect((await pulled(control)).error).toMatchObject({
    code: 'unavailable',
    message: `Millpond cannot write to ${place}: the disk is read-only; choose another folder`,
  });
  expect(sentBytes(hub)).toBe(0);
});

test('of two Millponds that pull the same file to one place one waits, and then takes what is there', async () => {
  const model = heron(temporaryFolder(), {}, 8);
  const hub = await hubWith(model);
  const downloadFolder = temporaryFolder();
  const { control: first } = await runtimeAt(hub, { settings: { downloadFolder } });
  const { control: second } = await spawnRuntime(temporaryFolder(), { HF_ENDPOINT: hub.origin });
  await second.settings.update({ downloadFolder });
  const restore = hub.break(file, { bytesPerSecond: 1_000_000 });
  const { id: slow } = await first.downloads.start({ name: repo });
  const begun = async () => (await first.downloads.list({})).downloads[0]?.doneBytes ?? 0;
  await expect.poll(begun, { timeout: 20_000 }).toBeGreaterThan(0);
  const { id, error } = await pulled(second);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `${file} is being downloaded by another Millpond; let it finish there, or stop it there first`,
  });
  restore();
  await reach(first, slow, 'done');
  hub.requests.length = 0;
  await second.downloads.resume({ id });
  await reach(second, id, 'done');
  expect(sentBytes(hub)).toBe(0);
  const arrived = readFileSync(join(downloadFolder, 'pond', 'Heron-GGUF', file));
  const promised = readFileSync(String(model.files.get(file)));
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  expect(digest(arrived)).toBe(digest(promised));
}, 90_000);

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
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
import {
  heron,
  hubWith,
  listed,
  pulled,
  pulledFile,
  pulledRepo,
  reach,
  runtimeAt,
  sentBytes,
} from '../testing/pull-fixture.ts';
import { spawnRuntime } from '../testing/spawn-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

test('another file in the same place is never replaced', async () => {
  const hub = await hubWith(heron().model);
  const { control, folder } = await runtimeAt(hub);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, pulledFile), 'something else');
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `Another file is already at ${join(folder, pulledFile)}; move or delete it, then resume the download`,
  });
  expect(readFileSync(join(folder, pulledFile), 'utf8')).toBe('something else');
  rmSync(join(folder, pulledFile));
  await control.downloads.resume({ id });
  await reach(control, id, 'done');
});

test('a file that was renamed is still known by its digest, and is not fetched again', async () => {
  const hub = await hubWith(heron().model);
  const { control, folder } = await runtimeAt(hub);
  const modelId = await listed(control, (await pulled(control)).id);
  const before = await control.models.get({ name: modelId });
  const renamed = join(folder, '..', 'my-favourite.gguf');
  renameSync(join(folder, pulledFile), renamed);
  await control.models.rescan({});
  const found = async () =>
    (await control.models.list({})).models.find(({ path }) => path === renamed);
  // Its digest is read in the background.
  await expect.poll(async () => (await found())?.origin).toEqual(before.origin);
  const { id = '', digest } = (await found()) ?? {};
  expect(digest).toBe(before.digest);
  await control.models.verify({ id });
  await expect
    .poll(async () => (await found())?.check)
    .toMatchObject({ phase: 'sound', isKnown: true });
});

test('a folder that is a file is one sentence, and the download goes on elsewhere', async () => {
  const hub = await hubWith(heron().model);
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
    const hub = await hubWith(heron().model);
    const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
    await expect(control.downloads.start({ name: pulledRepo })).rejects.toMatchObject({
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
    const hub = await hubWith(heron({}, 20).model);
    hub.break(pulledFile, { bytesPerSecond: 1_000_000 });
    const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
    const { id } = await control.downloads.start({ name: pulledRepo });
    const done = async () => (await control.downloads.list({})).downloads[0]?.doneBytes ?? 0;
    await expect.poll(done).toBeGreaterThan(1_000_000);
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
  const hub = await hubWith(heron().model);
  const { control } = await runtimeAt(hub, { settings: { downloadFolder: disk } });
  const place = join(disk, 'pond', 'Heron-GGUF');
  expect((await pulled(control)).error).toMatchObject({
    code: 'unavailable',
    message: `Millpond cannot write to ${place}: the disk is read-only; choose another folder`,
  });
  expect(sentBytes(hub)).toBe(0);
});

test('of two Millponds that pull the same file to one place one waits, and then takes what is there', async () => {
  const { model, path } = heron({}, 8);
  const hub = await hubWith(model);
  const downloadFolder = temporaryFolder();
  const { control: first } = await runtimeAt(hub, { settings: { downloadFolder } });
  const { control: second } = await spawnRuntime(temporaryFolder(), { HF_ENDPOINT: hub.origin });
  await second.settings.update({ downloadFolder });
  const restore = hub.break(pulledFile, { bytesPerSecond: 1_000_000 });
  const { id: slow } = await first.downloads.start({ name: pulledRepo });
  const begun = async () => (await first.downloads.list({})).downloads[0]?.doneBytes ?? 0;
  await expect.poll(begun).toBeGreaterThan(0);
  const { id, error } = await pulled(second);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `${pulledFile} is being downloaded by another Millpond; let it finish there, or stop it there first`,
  });
  restore();
  await reach(first, slow, 'done');
  hub.requests.length = 0;
  await second.downloads.resume({ id });
  await reach(second, id, 'done');
  expect(sentBytes(hub)).toBe(0);
  const arrived = readFileSync(join(downloadFolder, 'pond', 'Heron-GGUF', pulledFile));
  const promised = readFileSync(path);
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  expect(digest(arrived)).toBe(digest(promised));
}, 90_000);

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DownloadEvents, FinishedDownload } from './download.ts';
import {
  openTestDownloads,
  randomContent,
  smallTuning,
  type TestDownloads,
} from '../../testing/hub/open-test-downloads.ts';

const { blockBytes } = smallTuning;
const gigabyte = 1e9;

const finishOf = ({ downloads }: TestDownloads): Promise<FinishedDownload> =>
  new Promise((resolve) => {
    downloads.on('finished', resolve);
  });

/** Resolves as soon as something of it is on the disk. */
const begun = ({ downloads }: TestDownloads, id: string): Promise<unknown> =>
  new Promise((resolve) => {
    downloads.on('changed', (download) => {
      if (download.id === id && download.doneBytes > 0) resolve(download);
    });
  });

const namesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).toSorted() : [];

test('brings every file of a variant to its place, proved, and nothing else', async () => {
  const files = {
    'q4/part-00001-of-00002.gguf': randomContent(3 * blockBytes + 5),
    'q4/part-00002-of-00002.gguf': randomContent(2 * blockBytes),
    'config.json': randomContent(700),
    'empty.txt': new Uint8Array(),
  };
  const opened = await openTestDownloads(files);
  const finishing = finishOf(opened);
  const { id } = await opened.downloads.start(opened.request(Object.keys(files)));
  const finished = await finishing;
  expect(finished.download).toMatchObject({ id, state: 'done', files: 4, doneFiles: 4 });
  expect(finished.download.doneBytes).toBe(finished.download.totalBytes);
  expect(finished.files.map(({ repoPath }) => repoPath)).toEqual(Object.keys(files));
  for (const { checks, path, repoPath } of finished.files) {
    const content = Object.entries(files).find(([name]) => name === repoPath)?.[1];
    expect(readFileSync(path).equals(content ?? new Uint8Array([1]))).toBe(true);
    expect(checks).toEqual(await opened.hasher.blocks(path, blockBytes));
  }
  expect(namesIn(opened.folder)).toEqual(['q4', ...Object.keys(files)].toSorted());
});

test('a small file that arrives damaged is found by what git calls it', async () => {
  const opened = await openTestDownloads({ 'config.json': randomContent(700) });
  opened.hub.break('config.json', { flipByteAt: 3, times: 1 });
  const { id } = await opened.downloads.start(opened.request(['config.json']));
  expect(await opened.reach(id, 'done', 'failed')).toMatchObject({
    state: 'done',
    repairedBytes: 700,
  });
});

test('a pause keeps what has arrived, and a restart keeps the pause', async () => {
  const content = randomContent(12 * blockBytes);
  const opened = await openTestDownloads({ 'a.gguf': content });
  opened.hub.break('*', { bytesPerSecond: 8 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  const paused = await opened.downloads.pause(id);
  expect(paused.state).toBe('paused');
  expect(paused.doneBytes).toBeGreaterThan(0);
  const again = await opened.reopen();
  expect(again.downloads.list()).toMatchObject([
    { id, state: 'paused', doneBytes: paused.doneBytes },
  ]);
  opened.hub.faults.clear();
  opened.hub.requests.length = 0;
  await again.downloads.resume(id);
  await again.reach(id, 'done');
  expect(readFileSync(join(again.folder, 'a.gguf')).equals(content)).toBe(true);
  const sent = opened.hub.requests.reduce((sum, request) => sum + request.sentBytes, 0);
  expect(sent).toBe(content.length - paused.doneBytes);
});

test('what was running goes on by itself after a restart', async () => {
  const content = randomContent(12 * blockBytes);
  const opened = await openTestDownloads({ 'a.gguf': content });
  opened.hub.break('*', { bytesPerSecond: 8 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  const again = await opened.reopen();
  opened.hub.faults.clear();
  await again.reach(id, 'done');
  expect(readFileSync(join(again.folder, 'a.gguf')).equals(content)).toBe(true);
});

test('one runs at a time, and a preferred one takes its place', async () => {
  const contents = { 'a.gguf': randomContent(8 * blockBytes), 'b.gguf': randomContent(blockBytes) };
  const opened = await openTestDownloads(contents);
  opened.hub.break('a.gguf', { bytesPerSecond: 2 * blockBytes });
  const a = await opened.downloads.start(opened.request(['a.gguf'], { variant: 'A' }));
  const b = await opened.downloads.start(opened.request(['b.gguf'], { variant: 'B' }));
  expect(opened.downloads.list().map(({ state }) => state)).toEqual(['running', 'queued']);
  await opened.downloads.prioritize(b.id);
  expect(opened.downloads.list()[0]?.id).toBe(b.id);
  await opened.reach(b.id, 'done');
  expect(opened.downloads.list().find(({ id }) => id === a.id)?.state).not.toBe('done');
  opened.hub.faults.clear();
  await opened.reach(a.id, 'done');
});

test('asking for the same again answers with the one under way', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(8 * blockBytes) });
  opened.hub.break('*', { bytesPerSecond: blockBytes });
  const first = await opened.downloads.start(opened.request(['a.gguf']));
  const second = await opened.downloads.start(opened.request(['a.gguf']));
  expect(second.id).toBe(first.id);
  expect(opened.downloads.list()).toHaveLength(1);
  expect(opened.downloads.isArriving(join(opened.folder, 'a.gguf'))).toBe(true);
  expect(opened.downloads.isArriving(join(opened.folder, 'b.gguf'))).toBe(false);
});

test('cancelling deletes what has arrived and nothing that was there before', async () => {
  const files = {
    'one.gguf': randomContent(blockBytes),
    'two.gguf': randomContent(blockBytes),
    'three.gguf': randomContent(8 * blockBytes),
  };
  const opened = await openTestDownloads(files);
  mkdirSync(opened.folder, { recursive: true });
  writeFileSync(join(opened.folder, 'one.gguf'), files['one.gguf']);
  opened.hub.break('three.gguf', { bytesPerSecond: blockBytes });
  const { id } = await opened.downloads.start(opened.request(Object.keys(files)));
  const third = new Promise<void>((resolve) => {
    opened.downloads.on('changed', ({ doneFiles }) => {
      if (doneFiles === 2) resolve();
    });
  });
  await third;
  await opened.downloads.cancel(id);
  expect(namesIn(opened.folder)).toEqual(['one.gguf']);
  expect(opened.downloads.list()).toEqual([]);
  expect(opened.events.at(-1)).toEqual({ name: 'removed', event: { id } });
  await expect(opened.downloads.resume(id)).rejects.toMatchObject({ code: 'not-found' });
});

test('what cannot be deleted stays in the list, paused, until it can', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(8 * blockBytes) });
  opened.hub.break('*', { bytesPerSecond: 4 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  await opened.downloads.pause(id);
  const part = join(opened.folder, 'a.gguf.part');
  rmSync(part);
  mkdirSync(part);
  await opened.downloads.resume(id);
  await opened.reach(id, 'failed');
  await expect(opened.downloads.cancel(id)).rejects.toThrow(`Millpond cannot remove ${part}`);
  expect(opened.downloads.list()).toMatchObject([{ id, state: 'paused' }]);
  expect(opened.events.some(({ name }) => name === 'removed')).toBe(false);
  const again = await opened.reopen();
  expect(again.downloads.list()).toMatchObject([{ id, state: 'paused' }]);
  rmSync(part, { recursive: true });
  await again.downloads.cancel(id);
  expect(again.downloads.list()).toEqual([]);
  expect((await again.reopen()).downloads.list()).toEqual([]);
});

test('the same that is asked for while it is being deleted begins anew', async () => {
  const content = randomContent(8 * blockBytes);
  const opened = await openTestDownloads({ 'a.gguf': content });
  opened.hub.break('*', { bytesPerSecond: 4 * blockBytes });
  const first = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, first.id);
  opened.hub.faults.clear();
  const cancelling = opened.downloads.cancel(first.id);
  const second = await opened.downloads.start(opened.request(['a.gguf']));
  await cancelling;
  expect(second.id).not.toBe(first.id);
  expect(second.doneBytes).toBe(0);
  await opened.reach(second.id, 'done');
  expect(readFileSync(join(opened.folder, 'a.gguf')).equals(content)).toBe(true);
});

test('a finished download that leaves the list leaves its files', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(100) });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await opened.reach(id, 'done');
  await opened.downloads.assignModel(id, 'pond/tiny:Q4_K_M');
  expect(opened.downloads.list()[0]?.modelId).toBe('pond/tiny:Q4_K_M');
  await opened.downloads.cancel(id);
  expect(namesIn(opened.folder)).toEqual(['a.gguf']);
});

test('a file that is there already is taken as it is', async () => {
  const content = randomContent(3 * blockBytes);
  const opened = await openTestDownloads({ 'a.gguf': content });
  mkdirSync(opened.folder, { recursive: true });
  writeFileSync(join(opened.folder, 'a.gguf'), content);
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await opened.reach(id, 'done');
  expect(opened.hub.requests).toEqual([]);
});

test.each(['another content', 'x'.repeat(3 * blockBytes)])(
  'another file of that name is never replaced',
  async (other) => {
    const opened = await openTestDownloads({ 'a.gguf': randomContent(3 * blockBytes) });
    mkdirSync(opened.folder, { recursive: true });
    writeFileSync(join(opened.folder, 'a.gguf'), other);
    const { id } = await opened.downloads.start(opened.request(['a.gguf']));
    const { error } = await opened.reach(id, 'failed');
    expect(error).toMatchObject({ code: 'conflict' });
    expect(error?.message).toContain('move or delete it');
    expect(readFileSync(join(opened.folder, 'a.gguf'), 'utf8')).toBe(other);
  },
);

test('two programs never write the same file', async () => {
  const content = randomContent(8 * blockBytes);
  const one = await openTestDownloads({ 'a.gguf': content });
  const two = await openTestDownloads({ 'a.gguf': content });
  one.hub.break('*', { bytesPerSecond: 4 * blockBytes });
  const first = await one.downloads.start(one.request(['a.gguf']));
  await begun(one, first.id);
  const { folder } = one;
  const second = await two.downloads.start(two.request(['a.gguf'], { folder }));
  const { error } = await two.reach(second.id, 'failed');
  expect(error).toMatchObject({
    code: 'conflict',
    message:
      'a.gguf is being downloaded by another Millpond; let it finish there, or stop it there first',
  });
  await two.downloads.cancel(second.id);
  one.hub.faults.clear();
  await one.reach(first.id, 'done', 'failed');
  expect(readFileSync(join(folder, 'a.gguf')).equals(content)).toBe(true);
});

test('a disk that is too small is told with both figures before anything is fetched', async () => {
  const freeBytes = (): Promise<number> => Promise.resolve(0.3 * gigabyte);
  const opened = await openTestDownloads({ 'a.gguf': randomContent(blockBytes) }, { freeBytes });
  const files = [{ path: 'a.gguf', sizeBytes: 5 * gigabyte, sha256: 'a'.repeat(64) }];
  await expect(opened.downloads.start(opened.request([], { files }))).rejects.toMatchObject({
    code: 'storage-full',
    message:
      'Tiny Q4_K_M needs 5.3 GB on its disk and 300 MB are free; free some space or choose another folder',
  });
  expect(opened.downloads.list()).toEqual([]);
  expect(opened.hub.requests).toEqual([]);
});

test('a disk that fills up meanwhile stops the download, which goes on later', async () => {
  let free = gigabyte;
  const content = randomContent(8 * blockBytes);
  const opened = await openTestDownloads(
    { 'a.gguf': content },
    { freeBytes: () => Promise.resolve(free), tuning: { ...smallTuning, tickMs: 10 } },
  );
  opened.hub.break('*', { bytesPerSecond: 2 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  free = 1e6;
  const { doneBytes, error } = await opened.reach(id, 'failed');
  expect(error).toMatchObject({ code: 'storage-full' });
  expect(error?.message).toContain('The disk of a.gguf is full: 1 MB are left');
  expect(doneBytes).toBeGreaterThan(0);
  free = gigabyte;
  opened.hub.faults.clear();
  await opened.downloads.resume(id);
  await opened.reach(id, 'done');
  expect(readFileSync(join(opened.folder, 'a.gguf')).equals(content)).toBe(true);
});

test('a folder that cannot be written to is named', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(100) });
  mkdirSync(join(opened.folder, '..'), { recursive: true });
  writeFileSync(opened.folder, 'a file where the folder should be');
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  const { error } = await opened.reach(id, 'failed');
  expect(error?.message).toContain(`Millpond cannot write to ${opened.folder}`);
});

test('a disk that is gone is not silently replaced by an empty folder', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(8 * blockBytes) });
  opened.hub.break('*', { bytesPerSecond: 4 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  await opened.downloads.pause(id);
  rmSync(opened.folder, { recursive: true });
  await opened.downloads.resume(id);
  const { error } = await opened.reach(id, 'failed');
  expect(error?.message).toContain('is not there any more; connect its disk, then resume');
  expect(existsSync(opened.folder)).toBe(false);
});

test('a disk that goes while the download runs is noticed', async () => {
  const tuning = { ...smallTuning, tickMs: 10 };
  const opened = await openTestDownloads({ 'a.gguf': randomContent(8 * blockBytes) }, { tuning });
  opened.hub.break('*', { stallAfterBytes: 100 });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await begun(opened, id);
  rmSync(opened.folder, { recursive: true });
  const { error } = await opened.reach(id, 'failed');
  expect(error?.message).toContain('a.gguf.part is gone: connect its disk again, then resume');
});

test('outside the chosen hours it waits, and their change is obeyed', async () => {
  const hour = new Date().getHours();
  let hours = { from: (hour + 2) % 24, to: (hour + 3) % 24 };
  const opened = await openTestDownloads(
    { 'a.gguf': randomContent(100) },
    { limits: () => ({ bytesPerSecond: 0, hours }) },
  );
  const { id, state } = await opened.downloads.start(opened.request(['a.gguf']));
  expect(state).toBe('waiting');
  hours = { from: 0, to: 0 };
  opened.downloads.limitsChanged();
  await opened.reach(id, 'done');
  expect(opened.hub.requests.length).toBeGreaterThan(0);
});

test('the bandwidth cap holds over several ranges', async () => {
  const bytesPerSecond = 8 * blockBytes;
  const opened = await openTestDownloads(
    { 'a.gguf': randomContent(8 * blockBytes) },
    { limits: () => ({ bytesPerSecond, hours: { from: 0, to: 0 } }) },
  );
  const startedAt = performance.now();
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await opened.reach(id, 'done');
  // The first quarter of a second is free: a token bucket starts full.
  expect(performance.now() - startedAt).toBeGreaterThan(700);
});

test.each(['../escape.gguf', '/etc/passwd', 'a\\b.gguf', 'CON', 'a//b', ''])(
  'the name %j never becomes a file',
  async (path) => {
    const opened = await openTestDownloads({});
    const files = [{ path, sizeBytes: 10 }];
    await expect(opened.downloads.start(opened.request([], { files }))).rejects.toMatchObject({
      code: 'invalid-request',
    });
  },
);

test('two files that one disk may take for the same are refused', async () => {
  const opened = await openTestDownloads({});
  const files = ['a.gguf', 'A.gguf'].map((path) => ({ path, sizeBytes: 10 }));
  await expect(opened.downloads.start(opened.request([], { files }))).rejects.toThrow(
    'its list of files makes no sense',
  );
});

test('states are told at once and progress at most twice a second', async () => {
  const opened = await openTestDownloads({ 'a.gguf': randomContent(8 * blockBytes) });
  opened.hub.break('*', { bytesPerSecond: 4 * blockBytes });
  const { id } = await opened.downloads.start(opened.request(['a.gguf']));
  await opened.reach(id, 'done');
  const told = opened.events
    .filter(({ name }) => name === 'changed')
    .map(({ event }) => event as DownloadEvents['changed']);
  expect(told.map(({ state }) => state).slice(0, 2)).toEqual(['queued', 'running']);
  expect(told.length).toBeLessThan(12);
  expect(told.some(({ bytesPerSecond }) => (bytesPerSecond ?? 0) > 0)).toBe(true);
});

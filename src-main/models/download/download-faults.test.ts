import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  hastyTuning,
  openTestDownloads,
  randomContent,
  smallTuning,
  testCommit,
  testRepo,
} from '../../testing/hub/open-test-downloads.ts';
import { startTestHub, type TestHub } from '../../testing/hub/hub-server.ts';

const { blockBytes } = smallTuning;
const sizeBytes = 16 * blockBytes + 4321;
const name = 'model.gguf';

/** Bytes of files that the hub's servers handed over. */
const sentBytes = (hub: TestHub): number =>
  hub.requests.reduce((sum, request) => sum + request.sentBytes, 0);
const asked = (hub: TestHub, server: 'hub' | 'cdn') =>
  hub.requests.filter((request) => request.server === server);

async function openOne(change: Parameters<typeof openTestDownloads>[1] = {}) {
  const content = randomContent(sizeBytes);
  const opened = await openTestDownloads({ [name]: content }, change);
  const start = async () => {
    const { id } = await opened.downloads.start(opened.request([name]));
    return opened.reach(id, 'done', 'failed');
  };
  const isWhole = (): boolean => readFileSync(join(opened.folder, name)).equals(content);
  const part = join(opened.folder, `${name}.part`);
  return { ...opened, content, start, isWhole, part };
}

test('the token goes to the hub and never to where it redirects', async () => {
  const { hub, start, isWhole } = await openOne({
    ...{ isGated: true, token: 'hf_secret', hub: { acceptedTokens: ['hf_secret'] } },
  });
  expect(await start()).toMatchObject({ state: 'done' });
  expect(isWhole()).toBe(true);
  expect(
    asked(hub, 'hub').every(({ headers }) => headers.authorization === 'Bearer hf_secret'),
  ).toBe(true);
  expect(asked(hub, 'cdn').length).toBeGreaterThan(0);
  expect(asked(hub, 'cdn').some(({ headers }) => headers.authorization !== undefined)).toBe(false);
});

test.each([
  { token: undefined, code: 'unauthenticated' },
  { token: 'hf_stranger', code: 'forbidden' },
])('a gated repository ends in one sentence with the way to get access ($code)', async (row) => {
  const { start } = await openOne({ isGated: true, ...(row.token && { token: row.token }) });
  const { state, error } = await start();
  expect(state).toBe('failed');
  expect(error?.code).toBe(row.code);
  expect(error?.message).toContain(`ask for it at`);
  expect(error?.message).toContain(testRepo);
});

test('a file that the hub does not have ends at once', async () => {
  const { downloads, hub, reach, request } = await openOne();
  const files = [{ path: 'gone.gguf', sizeBytes: 10, sha256: 'a'.repeat(64) }];
  const { id } = await downloads.start(request([], { files }));
  const { error } = await reach(id, 'failed');
  expect(error).toMatchObject({ code: 'not-found' });
  expect(error?.message).toContain('gone.gguf');
  expect(hub.requests).toHaveLength(1);
});

test('a connection that is cut again and again only costs requests', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { cutAfterBytes: 3 * blockBytes });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: 0 });
  expect(isWhole()).toBe(true);
  expect(sentBytes(hub)).toBeLessThan(sizeBytes + 4 * blockBytes);
});

test('a connection that has gone silent is replaced', async () => {
  const { hub, start, isWhole } = await openOne({ tuning: hastyTuning });
  hub.break(name, { stallAfterBytes: 2 * blockBytes + 100, times: 3 });
  expect(await start()).toMatchObject({ state: 'done' });
  expect(isWhole()).toBe(true);
});

test('a server without ranges is read in one stream, also when that breaks', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { ignoresRange: true });
  hub.break(name, { cutAfterBytes: 5 * blockBytes, times: 1 });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: 0 });
  expect(isWhole()).toBe(true);
  expect(asked(hub, 'cdn').length).toBeLessThan(6);
});

test('damage from a server without ranges costs the file, not the download', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { ignoresRange: true });
  hub.break(name, { flipByteAt: 5, times: 1 });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: sizeBytes });
  expect(isWhole()).toBe(true);
});

test.each([1000, -1000])('a length that is wrong by %i bytes does no harm', async (lengthOff) => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { lengthOff, times: 3 });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: 0 });
  expect(isWhole()).toBe(true);
});

test('a part that is not the one asked for is not believed', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { rangeOff: 7, times: 2 });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: 0 });
  expect(isWhole()).toBe(true);
});

test('a web page in place of the file is named after a while, and resuming goes on', async () => {
  const { downloads, hub, reach, start, isWhole } = await openOne({ tuning: hastyTuning });
  const restore = hub.break(name, { html: true });
  const { id, error } = await start();
  expect(error).toMatchObject({ code: 'unavailable' });
  expect(error?.message).toContain('a login page of this network may stand in between');
  restore();
  await downloads.resume(id);
  await reach(id, 'done');
  expect(isWhole()).toBe(true);
});

test('damage on the way is found and only a little is fetched again', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { flipByteAt: 3 * blockBytes + 17, times: 1 });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: blockBytes });
  expect(isWhole()).toBe(true);
  expect(sentBytes(hub)).toBeLessThan(sizeBytes + 8 * blockBytes);
});

test('damage while repairing does not damage more', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { flipByteAt: 5, times: 2 });
  hub.break(name, { flipByteAt: 6, times: 1 });
  expect(await start()).toMatchObject({ state: 'done' });
  expect(isWhole()).toBe(true);
});

test('a file that is never what the hub promised is kept aside and says so', async () => {
  const { hub, start, part, folder } = await openOne();
  hub.break(name, { flipByteAt: 100 });
  const { state, error } = await start();
  expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'conflict' });
  expect(error?.message).toContain('it is not the file that');
  expect(existsSync(part)).toBe(true);
  expect(existsSync(join(folder, name))).toBe(false);
});

test.each([500, 503, 429])('answer %i is tried again', async (status) => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { status, times: 3 });
  hub.break(name, { at: 'hub', status, times: 1 });
  expect(await start()).toMatchObject({ state: 'done' });
  expect(isWhole()).toBe(true);
});

test('a pause that the server asks for is kept', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.break(name, { status: 429, retryAfter: 1, times: 1 });
  const startedAt = performance.now();
  expect(await start()).toMatchObject({ state: 'done' });
  expect(performance.now() - startedAt).toBeGreaterThan(990);
  expect(isWhole()).toBe(true);
});

test('an address that runs out is asked for anew', async () => {
  const { hub, start, isWhole } = await openOne();
  hub.signedUrlLimits = { requests: 2 };
  expect(await start()).toMatchObject({ state: 'done' });
  expect(isWhole()).toBe(true);
  expect(asked(hub, 'cdn').some(({ status }) => status === 403)).toBe(true);
});

test('a second host that refuses everything ends in one sentence', async () => {
  const { hub, start } = await openOne();
  hub.signedUrlLimits = { requests: 0 };
  const { error } = await start();
  expect(error).toMatchObject({ code: 'forbidden' });
  expect(error?.message).toContain('a server that refuses to give model.gguf');
});

test('with a known digest another ETag costs nothing', async () => {
  const { hub, start, isWhole } = await openOne();
  const paced = { bytesPerSecond: 32 * blockBytes };
  hub.break(name, paced);
  hub.break(name, { etag: '"another"', onlyHolding: 12 * blockBytes });
  expect(await start()).toMatchObject({ state: 'done', repairedBytes: 0 });
  expect(isWhole()).toBe(true);
  expect(sentBytes(hub)).toBeLessThan(sizeBytes + 10 * blockBytes);
});

test('without a digest another ETag means another file, which is fetched from its beginning', async () => {
  const content = randomContent(6 * blockBytes);
  const tuning = { ...hastyTuning, stallMs: 1_000, giveUpMs: 20_000 };
  const { downloads, folder, hub, reach, request } = await openTestDownloads(
    { 'notes.txt': content },
    { tuning },
  );
  // A piece a second: most is missing yet when the first bytes are told of.
  const restore = hub.break('notes.txt', { stallAfterBytes: blockBytes / 2 });
  const files = [{ path: 'notes.txt', sizeBytes: content.length }];
  const { id } = await downloads.start(request([], { files }));
  const stop = downloads.on('changed', ({ doneBytes }) => {
    if (doneBytes === 0) return;
    stop();
    hub.requests.length = 0;
    hub.break('notes.txt', { etag: '"another"' });
    restore();
  });
  expect(await reach(id, 'done', 'failed')).toMatchObject({ state: 'done' });
  expect(sentBytes(hub)).toBeGreaterThanOrEqual(content.length);
  expect(readFileSync(join(folder, 'notes.txt')).equals(content)).toBe(true);
});

test('a hub that has another file at the same commit is refused before any byte', async () => {
  const { hub, start } = await openOne();
  hub.repos.set(testRepo, {
    ...{ repo: testRepo, commit: testCommit },
    files: new Map([[name, randomContent(sizeBytes)]]),
  });
  const { error } = await start();
  expect(error).toMatchObject({ code: 'conflict' });
  expect(error?.message).toContain('has another model.gguf than the hub described');
  expect(sentBytes(hub)).toBe(0);
});

test('a hub that dies is given up in one sentence, and another one goes on at the same bytes', async () => {
  const { content, downloads, hub, locator, reach, request, isWhole } = await openOne({
    tuning: hastyTuning,
  });
  const files = new Map([[name, content]]);
  const mirror = await startTestHub({ repos: [{ repo: testRepo, commit: testCommit, files }] });
  onTestFinished(() => mirror[Symbol.asyncDispose]());
  hub.break(name, { stallAfterBytes: 100 });
  const { id } = await downloads.start(request([name]));
  const stop = downloads.on('changed', ({ doneBytes }) => {
    if (doneBytes > 0) hub.setDead(true);
  });
  const { doneBytes, error } = await reach(id, 'failed');
  stop();
  expect(error?.message).toMatch(/cannot be reached.*nothing of model\.gguf has come/);
  expect(doneBytes).toBeGreaterThan(0);
  locator.moveTo(mirror.origin);
  expect(await reach(id, 'done')).toMatchObject({ endpoint: new URL(mirror.origin).host });
  expect(isWhole()).toBe(true);
  expect(sentBytes(mirror)).toBeLessThanOrEqual(sizeBytes - doneBytes);
});

test('another endpoint takes over a running download', async () => {
  const { content, downloads, hub, locator, reach, request, isWhole } = await openOne();
  const files = new Map([[name, content]]);
  const mirror = await startTestHub({ repos: [{ repo: testRepo, commit: testCommit, files }] });
  onTestFinished(() => mirror[Symbol.asyncDispose]());
  hub.break(name, { bytesPerSecond: 2 * blockBytes });
  const { id } = await downloads.start(request([name]));
  const stop = downloads.on('changed', ({ doneBytes }) => {
    if (doneBytes === 0) return;
    stop();
    locator.moveTo(mirror.origin);
  });
  await reach(id, 'done');
  expect(isWhole()).toBe(true);
  expect(sentBytes(mirror)).toBeGreaterThan(0);
  expect(sentBytes(mirror)).toBeLessThan(sizeBytes);
});

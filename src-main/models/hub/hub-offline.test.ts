import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { createPatientClock, openHub } from '../../testing/hub/open-hub.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { HubCache } from './hub-cache.ts';

const never = new AbortController().signal;
const commit = 'd'.repeat(40);
const minuteMs = 60_000;

const model: HubModelFixture = {
  repo: 'org/Model-GGUF',
  commit,
  tags: ['gguf'],
  downloads: 10,
  files: new Map([
    ['README.md', new TextEncoder().encode('# Model')],
    ['m-Q4_0.gguf', new TextEncoder().encode('model')],
  ]),
};

const anything = { query: '', sort: 'downloads', format: 'gguf' } as const;

test('takes an answer that is not five minutes old without asking', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  const first = await hub.repo({ repo: model.repo }, never);
  const asked = server.requests.length;
  await clock.advance(4 * minuteMs);
  const second = await hub.repo({ repo: model.repo }, never);
  expect(server.requests).toHaveLength(asked);
  expect(second).toEqual(first);
});

test('asks later whether anything has changed, and downloads nothing twice', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  await hub.repo({ repo: model.repo }, never);
  server.requests.length = 0;
  await clock.advance(6 * minuteMs);
  const later = await hub.repo({ repo: model.repo }, never);
  expect(later.freshness).toMatchObject({ at: clock.now(), isStale: false });
  expect(server.requests).toHaveLength(1); // Card and files lie at a commit: they cannot change.
  expect(server.requests[0]?.headers['if-none-match']).toMatch(/^W\//);
});

test('tells what it knew when the hub cannot be reached, after a restart too', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const folder = temporaryFolder();
  const before = openHub({ endpoint: server.origin, clock, folder }).hub;
  const known = await before.repo({ repo: model.repo }, never);
  await before.search(anything, never);
  const at = clock.now();
  await clock.advance(24 * 60 * minuteMs);
  server.setDead(true);
  const { hub } = openHub({ endpoint: server.origin, clock, folder });
  const stale = { endpoint: server.origin, at, isStale: true };
  const page = await hub.repo({ repo: model.repo }, never);
  expect(page).toEqual({ repo: known.repo, freshness: stale });
  const found = await hub.search(anything, never);
  expect(found.freshness).toEqual(stale);
  expect(found.models).toHaveLength(1);
});

test('tells what it knew while it is closed, and says that nobody was asked', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub, settings } = openHub({ endpoint: server.origin });
  await hub.repo({ repo: model.repo }, never);
  settings.isLocalOnly = true;
  expect((await hub.repo({ repo: model.repo }, never)).freshness.isStale).toBe(true);
});

test('tells what one hub said while another one cannot be reached', async () => {
  await using server = await startTestModelHub({ models: [model] });
  await using dead = await startTestModelHub({ models: [] });
  const { hub, settings } = openHub({ endpoint: server.origin });
  await hub.repo({ repo: model.repo }, never);
  settings.endpoint = dead.origin;
  dead.setDead(true);
  const page = await hub.repo({ repo: model.repo }, never);
  expect(page.freshness).toMatchObject({ endpoint: server.origin, isStale: true });
});

test('says in one sentence that the hub cannot be reached when it knows nothing', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub } = openHub({ endpoint: server.origin });
  server.setDead(true);
  await expect(hub.search(anything, never)).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'hub-unreachable',
  });
  await expect(hub.search(anything, never)).rejects.toThrow(
    /cannot be reached|broke off|or choose another address for the hub$/,
  );
});

test('does not take what it knew for an answer when the hub says no', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  await hub.repo({ repo: model.repo }, never);
  await clock.advance(10 * minuteMs);
  server.models.length = 0;
  await expect(hub.repo({ repo: model.repo }, never)).rejects.toMatchObject({ code: 'not-found' });
});

test('tries once more when the hub stumbles, and no more than once', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  server.failApi(1, { status: 503 });
  expect((await hub.search(anything, never)).models).toHaveLength(1);
  server.requests.length = 0;
  server.failApi(5, { status: 500 });
  const failing = hub.search({ ...anything, query: 'x' }, never);
  await expect(failing).rejects.toMatchObject({ reason: 'hub-unreachable' });
  expect(server.requests).toHaveLength(2);
});

test('asks a hub that did not answer only once for many questions, and soon again', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  await hub.search(anything, never);
  await clock.advance(10 * minuteMs);
  server.requests.length = 0;
  server.failApi(2, { status: 503 });
  const first = await hub.search(anything, never);
  expect([first.freshness.isStale, server.requests.length]).toEqual([true, 2]);
  expect((await hub.search(anything, never)).freshness.isStale).toBe(true);
  await expect(hub.search({ ...anything, query: 'x' }, never)).rejects.toMatchObject({
    reason: 'hub-unreachable',
  });
  expect(server.requests).toHaveLength(2);
  await clock.advance(20_000);
  expect((await hub.search(anything, never)).freshness.isStale).toBe(false);
});

test('gives up on a hub that says nothing for twenty seconds', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  server.break('README.md', { stallAfterBytes: 1 });
  const opening = hub.repo({ repo: model.repo }, never);
  await expect
    .poll(() => server.requests.filter(({ path }) => path === 'README.md').length)
    .toBe(2);
  await clock.advance(20_000);
  const page = await opening;
  expect(page.repo.card).toBe('');
});

test('passes the pause on that a hub asks for', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub } = openHub({ endpoint: server.origin });
  server.failApi(1, { status: 429, headers: { ratelimit: '"api";r=0;t=55' } });
  await expect(hub.search(anything, never)).rejects.toMatchObject({
    code: 'rate-limited',
    retryAfterMs: 55_000,
  });
});

test('tells a login page of the network from a hub', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  const page = { status: 200, body: '<html>Welcome to the hotel</html>' };
  const search = () => hub.search(anything, never);
  server.failApi(1, page);
  await expect(search()).rejects.toThrow(/did not answer like a model hub/);
  await clock.advance(5000);
  server.failApi(2, { ...page, headers: { 'content-type': 'text/html; charset=utf-8' } });
  await expect(search()).rejects.toMatchObject({ reason: 'hub-unreachable' });
  await clock.advance(5000);
  // It was not remembered either.
  expect((await search()).models).toHaveLength(1);
});

test('remembers no login page under the name of a file', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const clock = createPatientClock();
  const { hub } = openHub({ endpoint: server.origin, clock });
  const mend = server.break('README.md', { html: true });
  const page = await hub.repo({ repo: model.repo }, never);
  expect(page.repo.card).toBe('');
  mend();
  await clock.advance(5000);
  expect((await hub.repo({ repo: model.repo }, never)).repo.card).toBe('# Model');
});

test('refuses an answer beyond every size', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub } = openHub({ endpoint: server.origin });
  server.failApi(1, { status: 200, body: `["${'x'.repeat(17 * 1024 * 1024)}"]` });
  await expect(hub.search(anything, never)).rejects.toMatchObject({ code: 'too-large' });
});

test('stops asking when the person leaves', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub } = openHub({ endpoint: server.origin });
  const leaving = new AbortController();
  leaving.abort();
  await expect(hub.search(anything, leaving.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(server.requests).toEqual([]);
});

test('forgets the answers used longest ago when there are too many', async () => {
  const folder = temporaryFolder();
  const clock = createPatientClock();
  const body = 'x'.repeat(10_000);
  const cache = new HubCache({ folder, maxBytes: 250_000 });
  for (let index = 0; index < 41; index++) {
    await clock.advance(1000);
    await cache.write({ key: `key ${index}`, endpoint: 'https://hub', at: clock.now(), body });
    await cache.read('key 0', clock.now());
  }
  expect(readdirSync(folder).length).toBeLessThan(30);
  expect(await cache.read('key 0', clock.now())).toMatchObject({ body });
  expect(await cache.read('key 1', clock.now())).toBeUndefined();
  expect(await cache.read('key 40', clock.now())).toMatchObject({ body });
});

test('asks again for an answer that makes no sense to this version', async () => {
  await using server = await startTestModelHub({ models: [model] });
  const { hub, folder } = openHub({ endpoint: server.origin });
  const fresh = await hub.repo({ repo: model.repo }, never);
  const answers = join(folder, 'cache', 'answers');
  for (const name of readdirSync(answers)) {
    const text = readFileSync(join(answers, name), 'utf8');
    writeFileSync(join(answers, name), text.replace(/"body":".*"/s, '"body":"{}"'));
  }
  const again = await hub.repo({ repo: model.repo }, never);
  expect(again.repo.variants).toEqual(fresh.repo.variants);
  expect(again.freshness.isStale).toBe(false);
});

test('takes a damaged answer for none, and lives without a disk', async () => {
  const folder = temporaryFolder();
  const cache = new HubCache({ folder });
  const answer = { key: 'key', endpoint: 'https://hub', at: 1, body: 'body' };
  await cache.write(answer);
  const [name = ''] = readdirSync(folder);
  expect(await cache.read('key', 1)).toEqual(answer);
  expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  writeFileSync(join(folder, name), '{"key":"key","bo');
  expect(await cache.read('key', 1)).toBeUndefined();
  const blocked = join(temporaryFolder(), 'file');
  writeFileSync(blocked, '');
  const broken = new HubCache({ folder: join(blocked, 'below') });
  await broken.write(answer);
  expect(await broken.read('key', 1)).toBeUndefined();
});

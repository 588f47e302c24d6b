import { expect, test } from 'vitest';
import { serveHttp } from '../../testing/http-servers.ts';
import {
  fakeServer,
  openAttachedServers,
  sayThrough,
} from '../../testing/open-attached-servers.ts';

const { signal } = new AbortController();

test('keys are kept as a secret, shown by their first characters, and gone with the server', async () => {
  const { attached, rows } = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-0123456789abcdef'] });
  const view = await attached.add({ url: server.url, keys: [' sk-0123456789abcdef '] }, { signal });
  expect(view.keys).toEqual([{ prefix: 'sk-012' }]);
  expect(JSON.stringify([...rows.servers.values()])).not.toContain('sk-0');
  expect([...rows.secrets.values()]).toEqual(['["sk-0123456789abcdef"]']);
  const removed: string[] = [];
  attached.on('removed', (id) => removed.push(id));
  await attached.remove(view.id);
  expect([removed, rows.servers.size, rows.secrets.size]).toEqual([[view.id], 0, 0]);
  await expect(attached.remove(view.id)).rejects.toMatchObject({ code: 'not-found' });
});

test('a server whose keys cannot be read is shown with the reason and not asked', async () => {
  const first = openAttachedServers();
  const server = await fakeServer();
  await first.attached.add({ url: server.url }, { signal });
  const second = openAttachedServers({
    rows: first.rows,
    secrets: {
      read: () => Promise.reject(new Error('damaged')),
      write: () => Promise.resolve(),
    },
  });
  await second.attached.start();
  expect(second.attached.list()).toMatchObject([{ state: { phase: 'unreachable' } }]);
  expect(second.register.hosts()).toEqual([]);
});

test('refused and limited keys rest, and the next is asked before anything is said', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-busy', 'sk-good'], busyKeys: { 'sk-busy': 3 } });
  const keys = ['sk-busy', 'sk-wrong', 'sk-good'];
  const { id } = await opened.attached.add({ url: server.url, keys }, { signal });
  expect(await sayThrough(opened, 'gpt')).toBe('hello');
  expect(await sayThrough(opened, 'gpt')).toBe('hello');
  expect(server.bearers).toEqual(['sk-busy', 'sk-good', 'sk-good']);
  const now = opened.clock.now();
  expect(opened.attached.list()[0]?.keys.map(({ coolsUntil }) => coolsUntil)).toEqual([
    now + 3000,
    now + 60_000,
    undefined,
  ]);
  expect(opened.announced.at(-1)?.id).toBe(id);
  await opened.clock.advance(3000);
  await sayThrough(opened, 'gpt');
  expect(server.bearers.at(-1)).toBe('sk-good');
  expect(server.bearers.at(-2)).toBe('sk-busy');
});

test('when every key rests, callers are told without asking the server again', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-busy'], busyKeys: { 'sk-busy': 30 } });
  await opened.attached.add({ url: server.url, keys: ['sk-busy'] }, { signal });
  const limited = { code: 'rate-limited', retryAfterMs: 30_000 };
  await expect(sayThrough(opened, 'gpt')).rejects.toMatchObject(limited);
  await expect(sayThrough(opened, 'gpt')).rejects.toMatchObject(limited);
  expect(server.bodies).toHaveLength(1);
});

test('new keys are asked at once', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-old', 'sk-new'], busyKeys: { 'sk-old': 30 } });
  const { id } = await opened.attached.add({ url: server.url, keys: ['sk-old'] }, { signal });
  const epoch = opened.attached.upstreamFor('gpt')?.epoch;
  await expect(sayThrough(opened, 'gpt')).rejects.toMatchObject({ code: 'rate-limited' });
  await opened.clock.advance(1);
  await opened.attached.update(id, { keys: ['sk-new'] });
  expect(opened.attached.upstreamFor('gpt')?.epoch).not.toBe(epoch);
  expect(await sayThrough(opened, 'gpt')).toBe('hello');
});

test('a key stays with the address that it was given for', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-mine'] });
  const heard: (string | undefined)[] = [];
  const stranger = await serveHttp((request, response) => {
    heard.push(request.headers.authorization);
    response.end(JSON.stringify({ data: [] }));
  });
  const { id } = await opened.attached.add({ url: server.url, keys: ['sk-mine'] }, { signal });
  const moved = await opened.attached.update(id, { url: stranger });
  expect(moved).toMatchObject({ url: stranger, keys: [], state: { phase: 'connected' } });
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.every((header) => header === undefined)).toBe(true);
  expect(opened.rows.secrets.size).toBe(0);
});

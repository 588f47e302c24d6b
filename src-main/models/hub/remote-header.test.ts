import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { createPatientClock, openHub } from '../../testing/hub/open-hub.ts';
import { writeGguf } from '../../testing/gguf/gguf-writer.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { HubRepo, HubVariant } from './hub-repo.ts';

const commit = 'a'.repeat(40);
const never = new AbortController().signal;
const mebibyte = 1024 * 1024;

/** A sparse GGUF of `weightMebibytes`, whose vocabulary makes its header as long as wanted. */
function ggufFile(weightMebibytes: number, headerMebibytes: number): string {
  const path = join(temporaryFolder(), 'model.gguf');
  const tokens = Array.from({ length: headerMebibytes * 16 }, (_, index) =>
    String(index).padEnd(64 * 1024 - 8, 'x'),
  );
  writeGguf(
    path,
    {
      'general.architecture': { type: 'string', value: 'llama' },
      'tokenizer.ggml.tokens': { type: 'strings', value: tokens },
    },
    [{ name: 'w', shape: [weightMebibytes * (mebibyte / 4)], type: 'f32' }],
  );
  return path;
}

function model(files: Record<string, string | Uint8Array>): HubModelFixture {
  return { repo: 'org/Model-GGUF', commit, tags: ['gguf'], files: new Map(Object.entries(files)) };
}

async function openModel(files: Record<string, string | Uint8Array>) {
  const server = await startTestModelHub({ models: [model(files)], accounts: { hf_ok: 'ada' } });
  const opened = openHub({ endpoint: server.origin, clock: createPatientClock() });
  const { repo } = await opened.hub.repo({ repo: 'org/Model-GGUF' }, never);
  server.requests.length = 0;
  return { server, ...opened, repo, variant: firstOf(repo) };
}

function firstOf(repo: HubRepo): HubVariant {
  const [variant] = repo.variants;
  if (variant === undefined) throw new Error('no variant');
  return variant;
}

test('fetches the header alone, in ever longer ranges, and keeps it', async () => {
  const path = ggufFile(8, 3);
  const { server, hub, repo, variant } = await openModel({ 'Model-Q4_0.gguf': path });
  await using _server = server;
  const { parts } = await hub.header(repo, variant, never);
  const [part] = parts;
  expect(parts).toHaveLength(1);
  if (part === undefined) throw new Error('no part');
  expect(part.totalBytes).toBe(statSync(path).size);
  expect(part.headerBytes).toBeGreaterThan(3 * mebibyte);
  expect(part.headerBytes).toBeLessThan(3 * mebibyte + 4096);
  expect(basename(part.path)).toBe('Model-Q4_0.gguf');
  const header = readFileSync(path).subarray(0, part.headerBytes);
  expect(readFileSync(part.path).equals(header)).toBe(true);
  const asked = server.requests.filter((request) => request.server === 'cdn');
  expect(asked.map(({ headers }) => headers.range)).toEqual([
    `bytes=0-${mebibyte - 1}`,
    `bytes=${mebibyte}-${2 * mebibyte - 1}`,
    `bytes=${2 * mebibyte}-${4 * mebibyte - 1}`,
  ]);

  server.requests.length = 0;
  expect(await hub.header(repo, variant, never)).toEqual({ parts });
  expect(server.requests).toEqual([]);
});

test('fetches the header of every part of a split model', async () => {
  const first = ggufFile(2, 1);
  const { server, hub, repo, variant } = await openModel({
    'Q8_0/m-Q8_0-00001-of-00002.gguf': first,
    'Q8_0/m-Q8_0-00002-of-00002.gguf': ggufFile(3, 0),
  });
  await using _server = server;
  const { parts } = await hub.header(repo, variant, never);
  expect(parts.map(({ path }) => basename(path))).toEqual([
    'm-Q8_0-00001-of-00002.gguf',
    'm-Q8_0-00002-of-00002.gguf',
  ]);
  expect(parts.map(({ totalBytes }) => totalBytes)).toEqual(variant.files.map((f) => f.sizeBytes));
  expect(parts[1]?.headerBytes).toBeLessThan(1024);
});

test('never shows the token to the host that has the bytes', async () => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 0) });
  await using _server = server;
  await hub.setToken('hf_ok', never);
  server.requests.length = 0;
  await hub.header(repo, variant, never);
  const authorizations = server.requests.map((request) => [
    request.server,
    request.headers.authorization,
  ]);
  expect(authorizations).toEqual([
    ['hub', 'Bearer hf_ok'],
    ['cdn', undefined],
  ]);
});

test('leaves a server that ignores ranges as soon as it knows enough', async () => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(24, 0) });
  await using _server = server;
  server.break('m-Q4_0.gguf', { ignoresRange: true });
  const { parts } = await hub.header(repo, variant, never);
  expect(parts[0]?.headerBytes).toBeLessThan(1024);
  const sent = server.requests.find((request) => request.server === 'cdn')?.sentBytes ?? Infinity;
  expect(sent).toBeLessThan(16 * mebibyte);
});

test('two who ask at the same time cause one fetch', async () => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 0) });
  await using _server = server;
  const [a, b] = await Promise.all([1, 2].map(() => hub.header(repo, variant, never)));
  expect(a).toEqual(b);
  expect(server.requests.filter((request) => request.server === 'cdn')).toHaveLength(1);
});

test('two programs that share a cache do not disturb each other', async () => {
  const { server, hub, folder, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 0) });
  await using _server = server;
  const other = openHub({ endpoint: server.origin, clock: createPatientClock(), folder });
  const [a, b] = await Promise.all([hub, other.hub].map((one) => one.header(repo, variant, never)));
  expect(a).toEqual(b);
  expect(a?.parts[0]?.headerBytes).toBeGreaterThan(0);
  const kept = readdirSync(dirname(a?.parts[0]?.path ?? ''));
  expect(kept).toEqual(['m-Q4_0.gguf']);
});

test('what one hub has under a name is not taken for what another has', async () => {
  const { server, hub, settings, repo, variant } = await openModel({
    'm-Q4_0.gguf': ggufFile(1, 0),
  });
  await using _server = server;
  const first = await hub.header(repo, variant, never);
  const path = ggufFile(1, 1);
  const mirror = await startTestModelHub({ models: [model({ 'm-Q4_0.gguf': path })] });
  await using _mirror = mirror;
  settings.endpoint = mirror.origin;
  const page = await hub.repo({ repo: 'org/Model-GGUF' }, never);
  const second = await hub.header(repo, firstOf(page.repo), never);
  expect(second.parts[0]?.headerBytes).toBeGreaterThan(mebibyte);
  settings.endpoint = server.origin;
  server.requests.length = 0;
  expect(await hub.header(repo, variant, never)).toEqual(first);
  expect(server.requests).toEqual([]);
});

test('a hub that is changed while it is asked gives nothing under the name of the other', async () => {
  const { server, hub, settings, repo, variant } = await openModel({
    'm-Q4_0.gguf': ggufFile(1, 0),
  });
  await using _server = server;
  const mirror = await startTestModelHub({ models: [model({ 'm-Q4_0.gguf': ggufFile(1, 1) })] });
  await using _mirror = mirror;
  const asking = hub.header(repo, variant, never);
  settings.endpoint = mirror.origin;
  await expect(asking).rejects.toThrow('The address of the hub was changed; try again');
  expect(mirror.requests).toEqual([]);
});

test('begins anew for the second when the first one leaves', async () => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 0) });
  await using _server = server;
  const stalled = server.break('m-Q4_0.gguf', { stallAfterBytes: 10, times: 1 });
  const leaving = new AbortController();
  const first = hub.header(repo, variant, leaving.signal);
  const second = hub.header(repo, variant, never);
  await expect.poll(() => server.requests.some((request) => request.server === 'cdn')).toBe(true);
  leaving.abort();
  stalled();
  await expect(first).rejects.toThrow();
  expect((await second).parts).toHaveLength(1);
});

test.each([
  ['a web page instead of the file', { html: true }, /not a GGUF file/],
  ['a wrong range', { rangeOff: 5 }, /cannot be reached/],
  ['a connection that is cut', { cutAfterBytes: 20 }, /broke off/],
])('fails in one sentence on %s and keeps nothing', async (_what, fault, sentence) => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 0) });
  await using _server = server;
  const mend = server.break('m-Q4_0.gguf', fault);
  await expect(hub.header(repo, variant, never)).rejects.toThrow(sentence);
  mend();
  expect((await hub.header(repo, variant, never)).parts).toHaveLength(1);
});

test('goes on after a broken connection from where it was', async () => {
  const { server, hub, repo, variant } = await openModel({ 'm-Q4_0.gguf': ggufFile(1, 1) });
  await using _server = server;
  server.break('m-Q4_0.gguf', { cutAfterBytes: 300_000, times: 2 });
  const { parts } = await hub.header(repo, variant, never);
  expect(parts[0]?.headerBytes).toBeGreaterThan(mebibyte);
  const starts = server.requests.filter((r) => r.server === 'cdn').map(({ start }) => start);
  expect(starts[1]).toBeGreaterThan(0);
  expect(starts[2]).toBeGreaterThan(starts[1] ?? Infinity);
});

test('says that a file is cut off when its header is longer than it', async () => {
  const whole = readFileSync(ggufFile(1, 1));
  const { server, hub, repo, variant } = await openModel({
    'm-Q4_0.gguf': whole.subarray(0, 5000),
  });
  await using _server = server;
  await expect(hub.header(repo, variant, never)).rejects.toThrow(
    /m-Q4_0\.gguf is cut off on the hub/,
  );
});

test('asks nobody while the hub is closed, and still knows the headers it has', async () => {
  const { server, hub, settings, repo, variant } = await openModel({
    'm-Q4_0.gguf': ggufFile(1, 0),
    'm-Q8_0.gguf': ggufFile(2, 0),
  });
  await using _server = server;
  await hub.header(repo, variant, never);
  settings.isLocalOnly = true;
  server.requests.length = 0;
  expect((await hub.header(repo, variant, never)).parts).toHaveLength(1);
  const other = repo.variants[1];
  if (other === undefined) throw new Error('no second variant');
  await expect(hub.header(repo, other, never)).rejects.toMatchObject({ reason: 'hub-closed' });
  expect(server.requests).toEqual([]);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlClient } from '../../src-main/contract/control.ts';
import { readRuntimeFile } from '../../src-main/platform/runtime-file.ts';
import { isolatedEnvironment } from '../../src-main/testing/isolated-environment.ts';
import { controlOf } from '../../src-main/testing/start-test-runtime.ts';
import { servePackaged } from '../pack/packaged-server.ts';
import { serveFeed } from './feed-server.fixture.ts';
import type { FeedServer } from './feed-server.fixture.ts';
import { holdAnswer } from './held-answer.fixture.ts';
import type { HeldAnswer } from './held-answer.fixture.ts';
import { makeReleases, siteFolder } from './releases.fixture.ts';
import type { Releases } from './releases.fixture.ts';

/**
 * Two real versions, a feed on this machine, one installation: every way in which an update goes wrong,
 * one after the other, then the one that goes well, and back again. Each test finds what the one before
 * has left, as a person's computer would.
 */
const folder = mkdtempSync(join(tmpdir(), 'millpond-updates-'));
const root = join(folder, 'programs', 'Millpond');
const home = join(folder, 'data');
const command = join(root, 'resources', 'bin', 'millpond');
let releases: Releases;
let feed: FeedServer;
let chatId: string;

const patiently = { timeout: 120_000, interval: 200 };
const laterTable = 'create table from_a_later_version (x integer) strict';

beforeAll(async () => {
  for (const name of ['programs', siteFolder]) mkdirSync(join(folder, name));
  feed = await serveFeed(join(folder, siteFolder));
  releases = await makeReleases(folder, feed.origin);
  await releases.install(root, '0.1.0');
  await releases.publish('0.2.0', { sql: laterTable });
}, 300_000);

afterAll(async () => {
  await feed.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Serving {
  readonly control: ControlClient;
  readonly origin: string;
  ask(question: string): Promise<string>;
}

/** `millpond serve` of what is in the installation's place, for as long as the work takes. */
async function whileServing(work: (serving: Serving) => Promise<void>): Promise<void> {
  await using server = await servePackaged({
    ...{ command: [command], dataFolder: home, homeFolder: folder },
  });
  const { origin } = server;
  const ask = (question: string): Promise<string> => server.ask(question);
  await work({ origin, ask, control: await controlNow(origin) });
}

async function controlNow(origin: string): Promise<ControlClient> {
  const info = await readRuntimeFile(join(home, 'runtime.json'));
  return controlOf(origin, info?.ownerToken ?? '');
}

/** What a person would miss. */
async function expectAllThere({ control, ...serving }: Serving, version: string): Promise<void> {
  expect((await control.updates.status({})).version).toBe(version);
  expect((await control.settings.get({})).theme).toBe('dark');
  const keys = await control.server.listKeys({});
  expect(keys.keys.map(({ name }) => name)).toContain('editor');
  const { messages } = await control.chats.get({ id: chatId });
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  expect(await serving.ask('Hello')).not.toBe('');
}

/** Nothing half lies beside the installation or in the data folder. */
function expectNothingHalf(beside: readonly string[]): void {
  expect(readdirSync(join(folder, 'programs')).toSorted()).toEqual(beside.toSorted());
  const left = readdirSync(join(home, 'updates')).filter((name) =>
    ['trial', 'stage', 'switch.json'].includes(name),
  );
  expect(left).toEqual([]);
}

/** Looks, installs what is there, and waits for how it ends. */
async function tryToUpdate({ control }: Serving, version: string) {
  const found = await control.updates.check({});
  expect(found.available?.version).toBe(version);
  await control.updates.apply({ version });
  await expect
    .poll(async () => (await control.updates.status({})).job?.phase ?? 'over', patiently)
    .toBe('over');
  return (await control.updates.status({})).failure;
}

test('UPDATE: a version that fails is thrown away, whatever is wrong with it, and the old one answers', async () => {
  await whileServing(async (serving) => {
    const { control } = serving;
    await control.settings.update({ theme: 'dark' });
    await control.server.createKey({ name: 'editor' });
    ({ id: chatId } = await control.chats.create({}));
    const about = { id: chatId, parentId: null, attachmentIds: [], model: 'guide' };
    await control.chats.send({ ...about, text: 'Hello' });
    const answered = async () => (await control.chats.get({ id: chatId })).messages.at(-1);
    await expect.poll(answered, patiently).toMatchObject({ role: 'assistant', status: 'done' });

    releases.forgeSignature();
    const forged = await control.updates.check({});
    expect(forged.checkError?.reason).toBe('update-signature');
    expect(forged.available).toBeUndefined();

    await releases.publish('0.2.1', { isTruncated: true });
    expect(await tryToUpdate(serving, '0.2.1')).toMatchObject({ step: 'unpack' });
    expectNothingHalf(['Millpond']);

    await releases.publish('0.2.2', { sql: 'create table persons (planted)' });
    const migration = await tryToUpdate(serving, '0.2.2');
    expect(migration).toMatchObject({ step: 'trial', error: { reason: 'trial-ended' } });
    expect(migration?.error.message).toMatch(/could not be brought to schema .*persons/);
    expectNothingHalf(['Millpond']);

    await releases.publish('0.2.3', { hasBrokenEngine: true });
    const engine = await tryToUpdate(serving, '0.2.3');
    expect(engine?.output.join('\n')).toContain('planted: no engine');
    expect(engine).toMatchObject({ step: 'trial', error: { reason: 'trial-answer' } });
    expectNothingHalf(['Millpond']);
    await expectAllThere(serving, '0.1.0');
  });
}, 240_000);

/** `millpond update --apply` that is killed as soon as it says that it has come so far. */
async function killedAt(phase: string, isTime: () => boolean = () => true): Promise<void> {
  const child = spawn(command, ['update', '--apply', '--json'], {
    env: { ...isolatedEnvironment(folder), MILLPOND_HOME: home, MILLPOND_ENGINE_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line) as { readonly phase?: string; readonly error?: unknown };
    expect(event.error).toBeUndefined();
    if (event.phase === phase) break;
  }
  await expect.poll(isTime, patiently).toBe(true);
  child.kill('SIGKILL');
  expect((await exited)[1]).toBe('SIGKILL');
}

test('UPDATE: killed in the download, in the unpacking and in the trial, it goes on where it was', async () => {
  await releases.publish('0.3.0', { sql: laterTable });
  const before = feed.sentBytes();
  feed.faults.bytesPerSecond = 40_000_000;
  await killedAt('downloading', () => feed.sentBytes() - before > 40_000_000);
  delete feed.faults.bytesPerSecond;
  await killedAt('unpacking');
  await killedAt('trying');
  // What had arrived was not fetched again: a package is some 250 MB.
  const size = (await sizeOfPackage()) ?? 0;
  expect(feed.sentBytes() - before).toBeLessThan(size * 1.5);
}, 240_000);

async function sizeOfPackage(): Promise<number | undefined> {
  const response = await fetch(`${feed.origin}/feed.json`);
  const { releases: all } = (await response.json()) as {
    readonly releases: readonly { readonly files: readonly { readonly sizeBytes: number }[] }[];
  };
  return all[0]?.files[0]?.sizeBytes;
}

test('UPDATE: a good version waits for a running answer, takes over with all data, and goes back', async () => {
  await whileServing(async (serving) => {
    await expectAllThere(serving, '0.1.0');
    expectNothingHalf(['Millpond']);
    // A connection that breaks off every 60 MB is no reason to begin anew.
    feed.faults.cutAfterBytes = 60_000_000;
    const held = await holdAnswer();
    const answer = askAndListen(serving, held);
    await held.begun;
    await serving.control.updates.check({});
    await serving.control.updates.apply({ version: '0.3.0' });
    const phase = async () => {
      const { job, failure } = await serving.control.updates.status({});
      return job?.phase ?? failure?.error.message ?? 'nothing';
    };
    await expect.poll(phase, patiently).toBe('waiting');
    expect((await serving.control.updates.status({})).job).toMatchObject({ answers: 1 });
    held.end();
    expect(await answer).toContain('two.');
    await held.close();
    const updated = await comeBack(serving, '0.3.0');
    await expectAllThere(updated, '0.3.0');
    expectNothingHalf(['Millpond', 'Millpond.before']);
    await updated.control.chats.create({});
    const status = await updated.control.updates.status({});
    expect(status.earlier?.version).toBe('0.1.0');

    await updated.control.updates.back({});
    const returned = await comeBack(serving, '0.1.0');
    await expectAllThere(returned, '0.1.0');
    expectNothingHalf(['Millpond']);
    const after = await returned.control.updates.status({});
    expect(after.setAside).toMatchObject({ version: '0.3.0' });
    expect(readdirSync(after.setAside?.folder ?? '')).toContain('millpond.db');
    expect((await returned.control.chats.list({})).chats).toHaveLength(1);
  });
}, 240_000);

/** Somebody is being answered: resolves to the whole answer once it has ended. */
async function askAndListen({ control, origin }: Serving, held: HeldAnswer): Promise<string> {
  const { models } = await control.servers.add({ url: held.url, name: 'Held' });
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: models[0]?.id, stream: true },
      messages: [{ role: 'user', content: 'Count.' }],
    }),
  });
  return response.text();
}

/** The same process at the same address, another program. */
async function comeBack(serving: Serving, version: string): Promise<Serving> {
  const now = async () => {
    const control = await controlNow(serving.origin);
    const status = await control.updates.status({}).catch(() => undefined);
    return status?.version;
  };
  await expect.poll(now, patiently).toBe(version);
  return { ...serving, control: await controlNow(serving.origin) };
}

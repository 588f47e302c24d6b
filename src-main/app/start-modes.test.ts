import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SettingsPatch } from '../contract/settings.ts';
import { defaultSettings } from '../contract/settings.ts';
import { findFreePort } from '../platform/http/free-port.ts';
import { serveHttp } from '../testing/http-servers.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const question = { model: 'guide', messages: [{ role: 'user', content: 'hi' }], max_tokens: 4 };

function homeWith(settings: SettingsPatch): {
  readonly home: string;
  readonly saved: () => string;
} {
  const home = temporaryFolder();
  mkdirSync(home, { recursive: true });
  const file = join(home, 'settings.json');
  writeFileSync(file, JSON.stringify({ ...defaultSettings, ...settings }));
  return { home, saved: () => readFileSync(file, 'utf8') };
}

/** Another server on this very machine, and how often somebody came. */
async function countingServer() {
  let asked = 0;
  const url = await serveHttp((_request, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end('{"data":[],"models":[]}');
  });
  return { url, asked: () => asked };
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('DOCTOR: safe mode answers with the defaults and leaves the settings on the disk alone', async () => {
  const { home, saved } = homeWith({ memoryShare: 0.3, language: 'zh-CN', modelFolders: ['/x'] });
  const before = saved();
  const { control, complete } = await startTestRuntime(home, { mode: 'safe' });
  expect((await control.system.status({})).mode).toBe('safe');
  expect(await control.settings.get({})).toMatchObject({
    ...{ memoryShare: 0.7, modelFolders: [], localOnly: true, loadAtStart: false },
    language: 'zh-CN',
  });
  expect((await control.settings.update({ memoryShare: 0.5 })).memoryShare).toBe(0.5);
  await expect(control.settings.update({ localOnly: false })).rejects.toThrow(/Safe mode is on/);
  expect(saved()).toBe(before);
  expect(await complete(question)).toMatchObject({ status: 200 });
});

test('DOCTOR: safe mode starts beside settings that nobody can read', async () => {
  const home = temporaryFolder();
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'settings.json'), '{"version": 99}');
  const { control } = await startTestRuntime(home, { mode: 'safe' });
  expect((await control.system.status({})).mode).toBe('safe');
});

test.each(['safe', 'trial'] as const)(
  'DOCTOR: a start in %s mode contacts nobody, opens no public port and connects to no pool',
  async (mode) => {
    const home = temporaryFolder();
    const server = await countingServer();
    const env = { HF_ENDPOINT: server.url };
    const normal = await startTestRuntime(home, { env });
    await normal.control.hub.search({ query: 'anything' }).catch(() => undefined);
    await normal.control.pools.start({
      ...{ name: 'Pond', password: 'a long password', ownerName: 'Ada' },
      port: await findFreePort(),
    });
    const controlCount = server.asked();
    expect(controlCount).toBeGreaterThan(0);
    await normal.runtime.stop();

    const { control } = await startTestRuntime(home, { env, mode });
    await expect(control.hub.search({ query: 'something else' })).rejects.toThrow();
    await expect(
      control.servers.add({ url: server.url, name: 'other', keys: ['k'] }),
    ).rejects.toThrow(/was not contacted/);
    expect(server.asked()).toBe(controlCount);
    const { pools, reach } = await control.pools.list({});
    expect(pools.map(({ name }) => name)).toEqual(['Pond']);
    expect(reach.port).toBeUndefined();
  },
);

test('DOCTOR: a trial keeps the settings of its data folder and leaves their port to the one that serves', async () => {
  const port = await takenPort();
  const { home, saved } = homeWith({ port, memoryShare: 0.3 });
  const before = saved();
  const { runtime, control, complete } = await startTestRuntime(home, { mode: 'trial' });
  expect(runtime.port).not.toBe(port);
  expect(await control.settings.get({})).toMatchObject({ memoryShare: 0.3, localOnly: true });
  expect(await complete(question)).toMatchObject({ status: 200 });
  expect(saved()).toBe(before);
});

test('DOCTOR: who asks for another start gets the one that was stopped and the wish', async () => {
  const { runtime, control } = await startTestRuntime(temporaryFolder(), { mode: 'safe' });
  await control.system.restart({ mode: 'normal' });
  await runtime.stopped;
  expect(runtime.restartWish()).toBe('normal');
});

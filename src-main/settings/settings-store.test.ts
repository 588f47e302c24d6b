import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings, type Settings } from '../contract/settings.ts';
import { migrateSettings } from './settings-migrations.ts';
import { openSettings } from './settings-store.ts';

let dataFolder: string;
let file: string;
const clock = { now: () => Date.UTC(2026, 10, 21, 12) };

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'millpond-'));
  file = join(dataFolder, 'settings.json');
});
afterEach(() => {
  rmSync(dataFolder, { recursive: true, force: true });
});

const open = () => openSettings({ dataFolder, clock });

test('starts with the defaults and writes nothing until something changes', async () => {
  const store = await open();
  expect(store.current()).toEqual(defaultSettings);
  expect(store.notice).toBeUndefined();
  expect(readdirSync(dataFolder)).toEqual([]);
});

test('a change survives a restart and is announced', async () => {
  const store = await open();
  const seen: Settings[] = [];
  const stop = store.onChanged((settings) => seen.push(settings));
  await store.update({ theme: 'dark' });
  stop();
  await store.update({ port: 9_000 });
  expect(seen.map(({ theme }) => theme)).toEqual(['dark']);
  expect((await open()).current()).toEqual({ ...defaultSettings, theme: 'dark', port: 9_000 });
});

test('changes made at the same time are all kept', async () => {
  const store = await open();
  await Promise.all([
    store.update({ theme: 'light' }),
    store.update({ keyless: false }),
    store.update({ language: 'zh-CN' }),
  ]);
  expect((await open()).current()).toMatchObject({
    theme: 'light',
    keyless: false,
    language: 'zh-CN',
  });
});

test('a value out of range is refused by name and changes nothing', async () => {
  const store = await open();
  await expect(store.update({ port: 70_000 })).rejects.toMatchObject({
    code: 'invalid-request',
    param: 'port',
  });
  expect(store.current().port).toBe(8484);
});

test.each([
  ['not JSON', '{"version": 1, "theme": '],
  ['no settings', '[1, 2, 3]'],
  ['a wrong value', '{"version": 1, "theme": "purple"}'],
])('a file with %s is kept as a copy, and the defaults are used', async (_, text) => {
  writeFileSync(file, text);
  const store = await open();
  expect(store.current()).toEqual(defaultSettings);
  const copy = join(dataFolder, 'settings.broken-2026-11-21T12-00-00-000Z.json');
  expect(readFileSync(copy, 'utf8')).toBe(text);
  expect(store.notice).toContain(copy);
});

test('a file of a newer version is refused and left alone', async () => {
  writeFileSync(file, '{"version": 7}');
  await expect(open()).rejects.toThrow(/newer Millpond \(settings version 7/);
  expect(readFileSync(file, 'utf8')).toBe('{"version": 7}');
});

test('settings that an older build of the same version did not have get their default', async () => {
  writeFileSync(file, '{"version": 1, "theme": "dark"}');
  expect((await open()).current()).toEqual({ ...defaultSettings, theme: 'dark' });
});

test('a file written by hand says only what is different, also about sharing', async () => {
  const rules = { away: { isOn: true, minutes: 5 }, gpuFree: { isOn: true } };
  writeFileSync(file, JSON.stringify({ version: 1, sharing: { wish: 'pause', rules } }));
  const { sharing } = (await open()).current();
  const normal = defaultSettings.sharing;
  expect(sharing).toEqual({
    ...normal,
    wish: 'pause',
    rules: {
      ...normal.rules,
      away: { isOn: true, minutes: 5 },
      gpuFree: { isOn: true, abovePercent: normal.rules.gpuFree.abovePercent },
    },
  });
});

test('a pause and its end survive a restart', async () => {
  const store = await open();
  const sharing = { ...store.current().sharing, wish: 'pause' as const, wishUntil: 1_800_000 };
  await store.update({ sharing });
  expect((await open()).current().sharing).toEqual(sharing);
});

test('a failed write changes nothing and says why', async () => {
  const store = await open();
  rmSync(dataFolder, { recursive: true });
  await expect(store.update({ theme: 'dark' })).rejects.toMatchObject({ name: 'MillpondError' });
  expect(store.current().theme).toBe('system');
});

test('what is held lies over what is saved, cannot be changed, and gives it back', async () => {
  const store = await open();
  await store.update({ keyless: true, theme: 'dark' });
  const heard: boolean[] = [];
  store.onChanged(({ keyless }) => heard.push(keyless));
  store.hold({ keyless: false, memoryShare: 0.5 }, '/etc/millpond.yaml');
  expect(store.current()).toMatchObject({ keyless: false, memoryShare: 0.5, theme: 'dark' });
  await expect(store.update({ theme: 'light', keyless: true })).rejects.toMatchObject({
    ...{ code: 'conflict', param: 'keyless' },
    message: '“keyless” stands in /etc/millpond.yaml; change it there',
  });
  await store.update({ theme: 'light', keyless: false });
  expect((await open()).current()).toMatchObject({ theme: 'light', memoryShare: 0.7 });
  store.hold({}, '');
  expect(store.current()).toMatchObject({ theme: 'light', memoryShare: 0.7 });
  expect(heard.slice(0, 1)).toEqual([false]);
});

test('steps run one after the other up to the newest version', () => {
  const steps = {
    1: (old: object) => ({ ...old, version: 2, renamed: true }),
    2: (old: object) => ({ ...old, version: 3, added: 1 }),
  };
  expect(migrateSettings({ version: 1, kept: 'x' }, 3, steps)).toEqual({
    version: 3,
    kept: 'x',
    renamed: true,
    added: 1,
  });
  expect(() => migrateSettings({ version: 0 }, 3, steps)).toThrow('no step');
});

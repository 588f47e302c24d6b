import { describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createConfigFile } from './config-file.ts';
import type { ConfigFileDeps } from './config-file.ts';
import type { Configuration } from './ports.ts';

const path = '/etc/millpond.yaml';
const lastGoodPath = '/data/config.last-good.yaml';
const good = 'settings: { keyless: no }\n';
const other = 'settings: { port: 9000 }\n';
const bad = 'settings:\n  prot: 1\n';

class Disk {
  readonly files = new Map<string, string>();
  unreadable = false;
  changed: () => void = () => {};
  put(text: string): void {
    this.files.set(path, text);
    this.changed();
  }
}

function open(disk = new Disk(), changes: Partial<ConfigFileDeps> = {}) {
  const clock = createFakeClock();
  const watchers = new Set<() => void>();
  disk.changed = () => {
    for (const watcher of watchers) watcher();
  };
  const applied: Configuration[] = [];
  const told: string[] = [];
  const file = createConfigFile({
    ...{ path, lastGoodPath, isRequired: false, clock, logger: silentLogger },
    around: () => ({ env: { KEY: 'secret-key' }, presets: [{ id: 'custom' }] }),
    files: {
      read: (wanted) =>
        disk.unreadable && wanted === path
          ? Promise.reject(new MillpondError('unavailable', 'The file cannot be read'))
          : Promise.resolve(disk.files.get(wanted)),
      write: (wanted, text) => Promise.resolve(void disk.files.set(wanted, text)),
      remove: (wanted) => Promise.resolve(void disk.files.delete(wanted)),
      watch: (_path, changed) => {
        watchers.add(changed);
        return () => watchers.delete(changed);
      },
    },
    apply: (configuration) => void applied.push(configuration),
    current: () => ({ providers: [], aliases: [], prices: [], modelLimits: [], settings: {} }),
    importProvider: () => Promise.resolve({ models: 1 }),
    onChanged: ({ state }) => told.push(state.phase),
    ...changes,
  });
  const settle = async (ms = 200): Promise<void> => {
    await clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { disk, clock, file, applied, told, settle };
}

const settingsOf = (applied: readonly Configuration[]) => applied.map(({ settings }) => settings);

describe('the config file', () => {
  test('is none until there is one, and taken once it is', async () => {
    const { disk, file, applied, settle, told } = open();
    await file.start();
    expect(file.status()).toEqual({ path, state: { phase: 'none' }, locked: [] });
    disk.put(good);
    await settle();
    expect(file.status()).toMatchObject({ state: { phase: 'applied' }, locked: ['keyless'] });
    expect(settingsOf(applied)).toEqual([{ keyless: false }]);
    expect(told).toEqual(['applied']);
  });

  test('that is wrong changes nothing and says where', async () => {
    const { disk, file, applied, settle } = open();
    disk.files.set(path, good);
    await file.start();
    disk.put(bad);
    await settle();
    expect(file.status()).toMatchObject({
      state: { phase: 'rejected', problems: [{ line: 2, column: 3 }] },
      locked: ['keyless'],
    });
    expect(applied).toHaveLength(1);
    disk.put(other);
    await settle();
    expect(file.status()).toMatchObject({ state: { phase: 'applied' }, locked: ['port'] });
  });

  test('that is wrong after a restart leaves the last good one in force', async () => {
    const first = open();
    first.disk.files.set(path, good);
    await first.file.start();
    first.file.stop();
    first.disk.files.set(path, bad);
    const second = open(first.disk);
    await second.file.start();
    expect(settingsOf(second.applied)).toEqual([{ keyless: false }]);
    expect(second.file.status()).toMatchObject({
      state: { phase: 'rejected', problems: [{ line: 2 }] },
      locked: ['keyless'],
    });
  });

  test('is kept without the values of its variables', async () => {
    const { disk, file } = open();
    disk.files.set(path, 'providers:\n  a:\n    baseUrl: http://a/v1\n    keys: ${KEY}\n');
    await file.start();
    expect(disk.files.get(lastGoodPath)).toContain('${KEY}');
    expect(disk.files.get(lastGoodPath)).not.toContain('secret-key');
  });

  test('that goes away for good gives everything back; one that is being replaced does not', async () => {
    const { disk, file, applied, settle } = open();
    disk.files.set(path, good);
    await file.start();
    disk.files.delete(path);
    disk.changed();
    await settle();
    expect(file.status().state.phase).toBe('applied');
    disk.put(good);
    await settle();
    expect(applied).toHaveLength(1);
    disk.files.delete(path);
    disk.changed();
    await settle();
    await settle(1500);
    expect(file.status()).toEqual({ path, state: { phase: 'none' }, locked: [] });
    expect(settingsOf(applied)).toEqual([{ keyless: false }, {}]);
    expect(disk.files.has(lastGoodPath)).toBe(false);
  });

  test('that somebody named has to be there', async () => {
    const { file } = open(new Disk(), { isRequired: true });
    await file.start();
    expect(file.status().state).toMatchObject({
      phase: 'rejected',
      problems: [{ message: `There is no file at ${path}` }],
    });
  });

  test('that cannot be read is wrong, and not gone', async () => {
    const { disk, file, applied, settle } = open();
    disk.files.set(path, good);
    await file.start();
    disk.unreadable = true;
    disk.changed();
    await settle();
    await settle(5000);
    expect(file.status()).toMatchObject({ state: { phase: 'rejected' }, locked: ['keyless'] });
    expect(applied).toHaveLength(1);
  });

  test('that cannot be applied is undone', async () => {
    const tried: Configuration[] = [];
    const apply = (configuration: Configuration) => {
      tried.push(configuration);
      if (configuration.settings.port === 9000) {
        throw new MillpondError('invalid-request', 'The alias “a” goes in a circle');
      }
    };
    const { disk, file, settle } = open(new Disk(), { apply });
    disk.files.set(path, good);
    await file.start();
    disk.put(other);
    await settle();
    expect(settingsOf(tried)).toEqual([{ keyless: false }, { port: 9000 }, { keyless: false }]);
    expect(file.status()).toMatchObject({
      state: { phase: 'rejected', problems: [{ message: 'The alias “a” goes in a circle' }] },
      locked: ['keyless'],
    });
  });

  test('is looked at again when asked, also with the same text', async () => {
    const env: Record<string, string> = {};
    const text = 'providers:\n  a:\n    baseUrl: http://a/v1\n    keys: ${LATE}\n';
    const { disk, file, applied } = open(new Disk(), {
      around: () => ({ env, presets: [] }),
    });
    disk.files.set(path, text);
    await file.start();
    expect(file.status().state).toMatchObject({
      problems: [{ line: 4, column: 11, message: 'The variable LATE is not set' }],
    });
    env['LATE'] = 'now';
    await file.reload();
    expect(file.status().state.phase).toBe('applied');
    expect(applied[0]?.providers[0]?.keys).toEqual(['now']);
  });

  test('is not looked at any more once it was stopped', async () => {
    const { disk, file, applied, settle } = open();
    await file.start();
    disk.files.set(path, good);
    disk.changed();
    file.stop();
    await settle();
    expect(applied).toEqual([]);
  });
});

describe('an import', () => {
  test('takes what it can, and says what it left out and why', async () => {
    const { file } = open(new Disk(), {
      importProvider: ({ name }) =>
        name === 'taken'
          ? Promise.reject(new MillpondError('conflict', 'there is one already'))
          : Promise.resolve({ models: 3 }),
    });
    const text = `providers:
  a:
    baseUrl: http://a/v1
    keys: \${KEY}
  b:
    baseUrl: http://b/v1
    keys: \${NONE}
  taken:
    baseUrl: http://c/v1
`;
    expect(await file.import(text)).toEqual({
      providers: [{ name: 'a', models: 3 }],
      problems: [
        {
          ...{ line: 7, column: 11 },
          message: 'The provider “b” is left out: the variable NONE is not set',
        },
        {
          ...{ line: 8, column: 3 },
          message: 'The provider “taken” is left out: there is one already',
        },
      ],
    });
    expect(await file.import('providers: 3')).toMatchObject({
      providers: [],
      problems: [{ line: 1 }],
    });
  });
});

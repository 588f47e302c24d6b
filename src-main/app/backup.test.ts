import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { acquireInstanceLock } from '../platform/instance-lock.ts';
import { dataPaths } from '../platform/paths.ts';
import { createSecretStore } from '../platform/secret-store.ts';
import { createPeopleStore } from '../storage/people-store.ts';
import { openDatabase } from '../storage/open-database.ts';
import { databaseWorkerFile } from '../testing/open-test-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { backUp, restore } from './backup.ts';

const person = { id: 'p1', name: 'Olga', role: 'owner', createdAt: 1 } as const;

function folder() {
  const home = temporaryFolder();
  return dataPaths({ platform: 'linux', env: { MILLPOND_HOME: home }, homeFolder: home });
}

const open = (paths: ReturnType<typeof folder>) =>
  openDatabase({ file: paths.databaseFile, workerFile: databaseWorkerFile });

async function namesIn(paths: ReturnType<typeof folder>): Promise<readonly string[]> {
  const database = await open(paths);
  try {
    return (await createPeopleStore(database).load()).persons.map(({ name }) => name);
  } finally {
    await database.destroy();
  }
}

/** A data folder in use, with a person, a setting and a secret. */
async function inUse() {
  const paths = folder();
  const database = await open(paths);
  onTestFinished(() => database.destroy());
  const people = createPeopleStore(database);
  await people.savePerson(person);
  writeFileSync(join(paths.dataFolder, 'settings.json'), '{"version":1}');
  await createSecretStore({ folder: paths.dataFolder }).write('provider/1', 'sk-secret');
  const target = join(temporaryFolder(), 'millpond.backup');
  return { paths, people, database, target };
}

describe('a backup', () => {
  test('of a gateway in use brings people, settings and secrets to an empty folder', async () => {
    const { paths, people, target } = await inUse();
    backUp(paths, target);
    await people.savePerson({ ...person, id: 'p2', name: 'Late' });
    expect(statSync(target).mode & 0o777).toBe(0o600);
    const fresh = folder();
    expect(restore(fresh, target, 0)).toBeUndefined();
    expect(await namesIn(fresh)).toEqual(['Olga']);
    expect(readFileSync(join(fresh.dataFolder, 'settings.json'), 'utf8')).toBe('{"version":1}');
    const secrets = createSecretStore({ folder: fresh.dataFolder });
    expect(await secrets.read('provider/1')).toBe('sk-secret');
    for (const name of ['millpond.db', 'secret.key', 'secrets.json']) {
      expect(statSync(join(fresh.dataFolder, name)).mode & 0o777).toBe(0o600);
    }
  });

  test('replaces no file, and leaves none behind when it fails', async () => {
    const { paths, target } = await inUse();
    writeFileSync(target, 'something else');
    expect(() => {
      backUp(paths, target);
    }).toThrow('exists; choose another name');
    expect(readFileSync(target, 'utf8')).toBe('something else');
    expect(() => {
      backUp(folder(), `${target}-2`);
    }).toThrow('nothing to back up');
    expect(existsSync(`${target}-2`)).toBe(false);
  });
});

describe('restoring', () => {
  test('keeps what was there before, and says where', async () => {
    const { paths, target, database } = await inUse();
    backUp(paths, target);
    await database.destroy();
    const other = folder();
    const second = await open(other);
    await createPeopleStore(second).savePerson({ ...person, name: 'Before' });
    await second.destroy();
    const before = restore(other, target, Date.UTC(2026, 10, 22)) ?? '';
    expect(before).toBe(
      join(other.dataFolder, 'backups', 'before-restore-2026-11-22T00-00-00-000Z'),
    );
    expect(readdirSync(before)).toContain('millpond.db');
    expect(await namesIn(other)).toEqual(['Olga']);
    expect(restore(other, join(before, 'millpond.db'), 1)).toBeDefined();
    expect(await namesIn(other)).toEqual(['Before']);
  });

  test('is refused while Millpond runs, and for what is no backup; nothing is touched', async () => {
    const { paths, target } = await inUse();
    backUp(paths, target);
    const other = folder();
    mkdirSync(other.dataFolder, { recursive: true });
    const lock = acquireInstanceLock(other.lockFile);
    expect(() => restore(other, target, 0)).toThrow('Millpond is running');
    lock?.release();
    const text = join(temporaryFolder(), 'notes.txt');
    writeFileSync(text, 'not a database');
    expect(() => restore(other, text, 0)).toThrow('is no backup of Millpond');
    expect(() => restore(other, `${text}x`, 0)).toThrow('There is no file');
    expect(existsSync(other.databaseFile)).toBe(false);
    expect(existsSync(join(other.dataFolder, 'restore.tmp'))).toBe(false);
  });
});

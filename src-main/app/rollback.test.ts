import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { acquireInstanceLock } from '../platform/instance-lock.ts';
import { dataPaths } from '../platform/paths.ts';
import { knownSchema } from '../storage/backup.ts';
import { migrate, schemaVersion } from '../storage/migrate.ts';
import { allMigrations } from '../storage/migrations/all-migrations.ts';
import { openDatabase } from '../storage/open-database.ts';
import { createPeopleStore } from '../storage/people-store.ts';
import { databaseWorkerFile } from '../testing/open-test-database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { restorableCopies, restore } from './backup.ts';

/** The schema of before pools. */
const olderSchema = 3;
const knownThen = allMigrations.filter(({ version }) => version <= olderSchema);
type Paths = ReturnType<typeof dataPaths>;

/** A data folder as an older Millpond has left it: its own schema, with a person and settings. */
function fromOlder(): Paths {
  const home = temporaryFolder();
  const paths = dataPaths({ platform: 'linux', env: { MILLPOND_HOME: home }, homeFolder: home });
  mkdirSync(paths.dataFolder, { recursive: true });
  openAs(paths, (database) => {
    database.exec("insert into persons values ('p1', 'Olga', 'owner', 1)");
  });
  writeFileSync(join(paths.dataFolder, 'settings.json'), '{"version":1,"theme":"dark"}');
  return paths;
}

/** As the older Millpond opens its database: with the steps that it knows. */
function openAs<T>({ databaseFile, dataFolder }: Paths, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(databaseFile);
  try {
    const backupFolder = join(dataFolder, 'backups');
    migrate(database, { file: databaseFile, backupFolder, migrations: knownThen, now: 0 });
    return look(database);
  } finally {
    database.close();
  }
}

/** As this Millpond opens it, in its worker, and works with it for a while. */
async function upgrade({ databaseFile: file, dataFolder }: Paths): Promise<void> {
  const database = await openDatabase({
    ...{ file, workerFile: databaseWorkerFile, programVersion: '0.2.0' },
  });
  const people = createPeopleStore(database);
  await people.savePerson({ id: 'p2', name: 'Late', role: 'member', createdAt: 2 });
  await database.destroy();
  writeFileSync(join(dataFolder, 'settings.json'), '{"version":1,"theme":"dark","newer":true}');
}

const names = (paths: Paths) =>
  openAs(paths, (database) =>
    database
      .prepare('select name from persons order by id')
      .all()
      .map(({ name }) => name),
  );

test('after an upgrade the older Millpond goes on where it was, and nothing of since is lost', async () => {
  const paths = fromOlder();
  await upgrade(paths);
  expect(() => names(paths)).toThrow('written by a newer Millpond');

  const [copy, ...others] = restorableCopies(paths);
  expect(others).toEqual([]);
  expect(copy).toMatchObject({ schema: olderSchema, before: '0.2.0', isForOlder: true });
  const before = restore(paths, copy?.file ?? '', 0) ?? '';
  expect(names(paths)).toEqual(['Olga']);
  const settings = () => readFileSync(join(paths.dataFolder, 'settings.json'), 'utf8');
  expect(settings()).toBe('{"version":1,"theme":"dark"}');
  expect(readdirSync(before).toSorted()).toEqual(['millpond.db', 'settings.json']);

  // Changed their mind: what was put aside is as good as a backup.
  restore(paths, before, 1);
  expect(settings()).toContain('newer');
  const upgraded = new DatabaseSync(paths.databaseFile);
  expect(schemaVersion(upgraded)).toBe(knownSchema);
  expect(upgraded.prepare('select count(*) as count from persons').get()).toEqual({ count: 2 });
  upgraded.close();
});

test('an upgrade after a rollback works, and keeps a copy of its own', async () => {
  const paths = fromOlder();
  await upgrade(paths);
  restore(paths, restorableCopies(paths)[0]?.file ?? '', 0);
  await upgrade(paths);
  expect(restorableCopies(paths).map(({ schema }) => schema)).toEqual([olderSchema, olderSchema]);
});

test('what was put aside after a kill comes back with its last changes', async () => {
  const paths = fromOlder();
  await upgrade(paths);
  // Held open, so that its last change is beside the file and not in it.
  const killed = new DatabaseSync(paths.databaseFile);
  killed.exec(
    "pragma journal_mode = wal; insert into persons (id, name, role, created_at) values ('p3', 'Last', 'member', 3)",
  );
  const before = restore(paths, restorableCopies(paths)[0]?.file ?? '', 0) ?? '';
  expect(readdirSync(before)).toContain('millpond.db-wal');
  restore(paths, before, 1);
  killed.close();
  const back = new DatabaseSync(paths.databaseFile);
  expect(back.prepare("select name from persons where id = 'p3'").get()).toEqual({ name: 'Last' });
  back.close();
});

test('is refused while Millpond runs, and for copies of a newer one', async () => {
  const paths = fromOlder();
  await upgrade(paths);
  const [copy] = restorableCopies(paths);
  const lock = acquireInstanceLock(paths.lockFile);
  expect(() => restore(paths, copy?.file ?? '', 0)).toThrow('Millpond is running');
  lock?.release();
  const newer = join(paths.dataFolder, 'backups', 'millpond.db.2099-01-01T00-00-00-000Z.schema-99');
  writeFileSync(newer, '');
  expect(restorableCopies(paths).map(({ file }) => file)).toEqual([copy?.file]);
  const empty = temporaryFolder();
  expect(() => restore(paths, empty, 0)).toThrow('holds no database of Millpond');
});

test.skipIf(process.getuid?.() !== 0)(
  'what the administrator puts back belongs to whom the data folder belongs',
  async () => {
    const paths = fromOlder();
    await upgrade(paths);
    chownSync(paths.dataFolder, 10_001, 10_001);
    const before = restore(paths, restorableCopies(paths)[0]?.file ?? '', 0) ?? '';
    for (const path of [
      paths.databaseFile,
      paths.lockFile,
      join(paths.dataFolder, 'settings.json'),
      before,
    ]) {
      expect(statSync(path).uid).toBe(10_001);
    }
  },
);

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, schemaVersion } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import { listUpgradeCopies } from './upgrade-copies.ts';
import type { Migration } from './migrations/migration.ts';

let folder: string;
let file: string;
let backupFolder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-'));
  file = join(folder, 'millpond.db');
  backupFolder = join(folder, 'backups');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const one: Migration = { version: 1, sql: 'create table notes (text text) strict' };
const two: Migration = { version: 2, sql: 'alter table notes add column starred integer' };

function run(migrations: readonly Migration[], now = 0, programVersion?: string): void {
  const database = new DatabaseSync(file);
  try {
    migrate(database, { file, backupFolder, migrations, now, programVersion });
  } finally {
    database.close();
  }
}

function inspect<T>(path: string, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return look(database);
  } finally {
    database.close();
  }
}

test('a database of a newer version names the copy from before its update', () => {
  run([one]);
  run([one, two], 2_000);
  expect(() => run([one])).toThrow(
    /go back to before its update with `millpond restore .*\.schema-1`, or choose another/,
  );
});

test('the real steps are numbered from 1 without gaps', () => {
  expect(allMigrations.map(({ version }) => version)).toEqual(
    allMigrations.map((_, index) => index + 1),
  );
});

test('a new database needs no backup', () => {
  run([one, two]);
  expect(inspect(file, schemaVersion)).toBe(2);
  expect(existsSync(backupFolder)).toBe(false);
});

test('an existing database is copied before it is changed', () => {
  run([one]);
  inspect(file, (database) => database.exec(`insert into notes values ('kept')`));
  run([one, two], Date.UTC(2026, 10, 21));
  expect(inspect(file, (database) => database.prepare('select * from notes').get())).toEqual({
    text: 'kept',
    starred: null,
  });
  const [backup] = readdirSync(backupFolder);
  expect(backup).toBe('millpond.db.2026-11-21T00-00-00-000Z.schema-1');
  const copied = inspect(join(backupFolder, backup ?? ''), (database) =>
    database.prepare('select * from notes').get(),
  );
  expect(copied).toEqual({ text: 'kept' });
});

test('the copy says of which update it is, and holds the settings of before', () => {
  run([one]);
  writeFileSync(join(folder, 'settings.json'), '{"version":1}');
  run([one, two], Date.UTC(2026, 10, 21), '0.2.0-beta.1');
  const [copy, ...others] = listUpgradeCopies({ databaseFile: file, backupFolder });
  expect(others).toEqual([]);
  expect(copy).toEqual({
    file: join(backupFolder, 'millpond.db.2026-11-21T00-00-00-000Z.before-0.2.0-beta.1.schema-1'),
    ...{ madeAt: Date.UTC(2026, 10, 21), schema: 1, before: '0.2.0-beta.1' },
    sizeBytes: expect.any(Number) as number,
  });
  const kept = inspect(copy?.file ?? '', (database) =>
    database.prepare('select name, cast(content as text) as text from backup_files').all(),
  );
  expect(kept).toEqual([{ name: 'settings.json', text: '{"version":1}' }]);
});

test('a copy that cannot be made stops the update, and leaves nothing half behind', () => {
  run([one]);
  mkdirSync(join(folder, 'settings.json'));
  expect(() => {
    run([one, two]);
  }).toThrow();
  expect(readdirSync(backupFolder)).toEqual([]);
  expect(inspect(file, schemaVersion)).toBe(1);
});

test('only the newest three backups are kept', () => {
  run([one]);
  const steps: Migration[] = [one];
  for (let version = 2; version <= 6; version += 1) {
    steps.push({ version, sql: `create table t${version} (x integer) strict` });
    run(steps, version * 1_000);
  }
  const kept = readdirSync(backupFolder).map((name) => name.split('schema-')[1]);
  expect(kept.sort()).toEqual(['3', '4', '5']);
});

test('a step that fails undoes the whole migration', () => {
  run([one]);
  const broken: Migration = { version: 3, sql: 'create table good (x integer); create nonsense' };
  expect(() => run([one, two, broken])).toThrow(
    /could not be brought to schema 3: near "nonsense": syntax error\. It stays as it was/,
  );
  expect(inspect(file, schemaVersion)).toBe(1);
  expect(
    inspect(file, (database) => database.prepare('select * from notes').columns().length),
  ).toBe(1);
});

test('a database from before pools keeps its owner, keys and sessions', () => {
  run(allMigrations.filter(({ version }) => version <= 3));
  inspect(file, (database) =>
    database.exec(`
      insert into persons values ('p1', 'Owner', 'owner', 1);
      insert into api_keys values ('k1', 'p1', 'laptop', 'mp_abcdefg', 'hash', 2, 3);
      insert into sessions values ('s1', 'p1', 'token hash', 4, 5);
    `),
  );
  run(allMigrations);
  const rows = (table: string) =>
    inspect(file, (database) => database.prepare(`select * from ${table}`).all());
  expect(rows('persons')).toMatchObject([
    { id: 'p1', name: 'Owner', role: 'owner', created_at: 1, password_hash: null, has_account: 1 },
  ]);
  expect(rows('api_keys')).toMatchObject([
    { id: 'k1', hash: 'hash', last_used_at: 3, expires_at: null, pool_id: null, privacy: null },
  ]);
  expect(rows('sessions')).toMatchObject([{ id: 's1', token_hash: 'token hash' }]);
  expect(rows('pools')).toEqual([]);
  expect(inspect(file, schemaVersion)).toBe(allMigrations.at(-1)?.version);
});

import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseWorkerFile, openTestDatabase } from '../testing/open-test-database.ts';
import { openDatabase } from './open-database.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-'));
  file = join(folder, 'millpond.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openDatabase({ file, workerFile: databaseWorkerFile });

describe('opening', () => {
  test('keeps what was written, over a restart', async () => {
    const first = await open();
    await first
      .insertInto('model_preferences')
      .values({ model_id: 'guide', options: '{}', system_prompt: 'Be brief.' })
      .execute();
    await first.destroy();
    const second = await open();
    const rows = await second.selectFrom('model_preferences').selectAll().execute();
    await second.destroy();
    expect(rows).toEqual([{ model_id: 'guide', options: '{}', system_prompt: 'Be brief.' }]);
  });

  test.skipIf(process.platform === 'win32')(
    'keeps its files to the owner, also in a folder that is open to others',
    async () => {
      const isPrivate = (name: string): boolean => (statSync(join(folder, name)).mode & 0o77) === 0;
      chmodSync(folder, 0o755);
      writeFileSync(file, '', { mode: 0o644 });
      expect(isPrivate('millpond.db')).toBe(false);
      const database = await open();
      await database
        .insertInto('model_preferences')
        .values({ model_id: 'a', options: '{}', system_prompt: '' })
        .execute();
      const names = readdirSync(folder);
      expect(names).toContain('millpond.db-wal');
      expect(names.filter((name) => !isPrivate(name))).toEqual([]);
      await database.destroy();
    },
  );

  test('says which file is damaged and what to do, and leaves it as it is', async () => {
    writeFileSync(
      file,
      'this has never been a database, and is longer than its header '.repeat(20),
    );
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(file) as string,
    });
    await expect(open()).rejects.toThrow(/damaged or is not a Millpond database.*Move it away/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('says so when the path cannot be opened', async () => {
    await expect(openDatabase({ file: folder, workerFile: databaseWorkerFile })).rejects.toThrow(
      /can't read and write its database/,
    );
    writeFileSync(file, '');
    await expect(
      openDatabase({ file: join(file, 'below.db'), workerFile: databaseWorkerFile }),
    ).rejects.toMatchObject({ name: 'MillpondError' });
  });

  test('refuses a database that a newer version wrote', async () => {
    const newer = new DatabaseSync(file);
    newer.exec('pragma user_version = 999');
    newer.close();
    await expect(open()).rejects.toThrow(/written by a newer Millpond \(schema 999/);
  });

  test('answers queries after close with a sentence instead of waiting for ever', async () => {
    const database = await open();
    const late = database.selectFrom('persons').selectAll();
    await database.destroy();
    await expect(late.execute()).rejects.toThrow();
  });
});

describe('queries', () => {
  test('a full disk is one sentence, the transaction is undone, and reading goes on', async () => {
    await using test = await openTestDatabase();
    const { database } = test;
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database);
    const pages = rows[0]?.page_count ?? 0;
    await sql`pragma max_page_count = ${sql.lit(pages + 8)}`.execute(database);
    const write = database.transaction().execute(async (transaction) => {
      for (let index = 0; index < 50; index += 1) {
        await transaction
          .insertInto('model_preferences')
          .values({ model_id: `m${index}`, options: '{}', system_prompt: 'x'.repeat(4_000) })
          .execute();
      }
    });
    await expect(write).rejects.toMatchObject({
      code: 'storage-full',
      message: `The disk that holds ${test.file} is full. Free some space, then try again.`,
    });
    expect(await database.selectFrom('model_preferences').selectAll().execute()).toEqual([]);
    await database
      .insertInto('model_preferences')
      .values({ model_id: 'small', options: '{}', system_prompt: '' })
      .execute();
    expect(await database.selectFrom('model_preferences').selectAll().execute()).toHaveLength(1);
  });

  test('an open transaction holds the writer: others read the old state, and write after it', async () => {
    await using test = await openTestDatabase();
    const { database } = test;
    const order: string[] = [];
    const insert = (on: typeof database, id: string) =>
      on
        .insertInto('model_preferences')
        .values({ model_id: id, options: '{}', system_prompt: '' })
        .execute();
    let outside: Promise<unknown> = Promise.resolve();
    await database.transaction().execute(async (transaction) => {
      await insert(transaction, 'inside');
      outside = insert(database, 'outside').then(() => order.push('outside'));
      expect(await database.selectFrom('model_preferences').selectAll().execute()).toEqual([]);
      order.push('committing');
    });
    await outside;
    expect(order).toEqual(['committing', 'outside']);
    expect(await database.selectFrom('model_preferences').selectAll().execute()).toHaveLength(2);
  });

  test('a failing transaction leaves nothing behind', async () => {
    await using test = await openTestDatabase();
    const { database } = test;
    const write = database.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('model_preferences')
        .values({ model_id: 'a', options: '{}', system_prompt: '' })
        .execute();
      await transaction
        .insertInto('model_preferences')
        .values({ model_id: 'a', options: '{}', system_prompt: '' })
        .execute();
    });
    await expect(write).rejects.toMatchObject({ code: 'conflict' });
    expect(await database.selectFrom('model_preferences').selectAll().execute()).toEqual([]);
  });

  test('an error tells nothing of the values', async () => {
    await using test = await openTestDatabase();
    const failure = await sql`insert into persons (id) values (${'private words'})`
      .execute(test.database)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    const { message, cause } = failure as Error;
    expect(`${message} ${(cause as Error).message}`).not.toContain('private words');
    expect((cause as Error).message).toContain('insert into persons');
  });
});

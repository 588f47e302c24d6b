import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseWorkerFile } from '../../testing/open-test-database.ts';
import { openDatabase } from '../open-database.ts';
import type { Database } from '../open-database.ts';
import { ensureOwner } from '../person-store.ts';
import type { Recovery } from './recover-database.ts';

const pageSize = 4096;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-'));
  file = join(folder, 'millpond.db');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const openAgain = async () => {
  const recoveries: Recovery[] = [];
  const database = await openDatabase({
    ...{ file, workerFile: databaseWorkerFile },
    onRecovered: (recovery) => recoveries.push(recovery),
  });
  return { database, recovery: recoveries[0] };
};

const chats = 40;
const messagesEach = 10;
const total = chats * messagesEach;

/** A person's things: 40 chats of 10 messages each, and two keys. All of it in the file, closed in good order. */
async function fill(): Promise<void> {
  const { database } = await openAgain();
  const owner = await ensureOwner(database, 1000, 'Ada');
  await database.transaction().execute(async (transaction) => {
    for (const name of ['tool', 'phone']) {
      const key = { id: `key-${name}`, person_id: owner.id, name, prefix: 'mp-', hash: name };
      await transaction
        .insertInto('api_keys')
        .values({ ...key, created_at: 1 })
        .execute();
    }
    for (let chat = 0; chat < chats; chat += 1) {
      const id = `chat-${chat}`;
      await transaction
        .insertInto('chats')
        .values({
          ...{ id, person_id: owner.id, title: `Heron ${chat}`, pinned: 0, created_at: chat },
          ...{ updated_at: chat, system_prompt: '', parameters: '{}' },
          leaf_id: `${id}-${messagesEach - 1}`,
        })
        .execute();
      for (let index = 0; index < messagesEach; index += 1) {
        await transaction
          .insertInto('messages')
          .values({
            ...{ id: `${id}-${index}`, chat_id: id, role: index % 2 === 0 ? 'user' : 'assistant' },
            parent_id: index === 0 ? null : `${id}-${index - 1}`,
            ...{ created_at: index, text: `kingfisher ${chat}.${index} ${'reeds '.repeat(80)}` },
          })
          .execute();
      }
    }
  });
  await database.destroy();
}

/** Pages that hold messages and nothing else: damage there is damage of chats. */
function messagePages(): readonly number[] {
  const bytes = readFileSync(file);
  const pages = Array.from({ length: bytes.length / pageSize }, (_, page) => page);
  return pages.filter((page) => {
    const content = bytes.subarray(page * pageSize, (page + 1) * pageSize);
    return content[0] === 0x0d && content.includes('kingfisher');
  });
}

function overwrite(at: number, bytes: Buffer): void {
  const content = readFileSync(file);
  bytes.copy(content, at);
  writeFileSync(file, content);
}

const countOf = async (database: Database, table: 'messages' | 'chats' | 'api_keys') =>
  (await database.selectFrom(table).selectAll().execute()).length;

const outcomeOf = (recovery: Recovery | undefined, table: string) =>
  recovery?.tables.find((outcome) => outcome.table === table);

/** What the new database has is whole, and every row speaks of rows that are there. */
function expectSound(): void {
  const database = new DatabaseSync(file);
  expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(database.prepare('pragma foreign_key_check').all()).toEqual([]);
  database.close();
}

describe('DOCTOR: a damaged database', () => {
  test.each([
    ['the size of its pages', 16, Buffer.alloc(12, 0xa5)],
    ['how many pages there are', 28, Buffer.alloc(4, 0xff)],
  ])('whose header is wrong about %s keeps everything', async (_what, at, bytes) => {
    await fill();
    overwrite(at, bytes);
    const { database } = await openAgain();
    expect(await countOf(database, 'messages')).toBe(total);
    expect(await countOf(database, 'api_keys')).toBe(2);
    await database.destroy();
    expectSound();
  });

  test('with bytes overwritten in the middle of pages of chats keeps all the other chats', async () => {
    await fill();
    const pages = messagePages();
    expect(pages.length).toBeGreaterThan(20);
    for (const page of [pages[5], pages[6], pages[15]]) {
      overwrite((page ?? 0) * pageSize, Buffer.alloc(600, 0xa5));
    }
    const damaged = readFileSync(file);

    const { database, recovery } = await openAgain();
    const kept = await countOf(database, 'messages');
    expect(kept).toBeGreaterThan(total * 0.8);
    expect(kept).toBeLessThan(total);
    expect(outcomeOf(recovery, 'messages')).toEqual({
      ...{ table: 'messages', kept },
      lost: total - kept,
    });
    expect(outcomeOf(recovery, 'chats')).toEqual({ table: 'chats', kept: chats, lost: 0 });
    expect(outcomeOf(recovery, 'api_keys')).toEqual({ table: 'api_keys', kept: 2, lost: 0 });
    expect(await ensureOwner(database, 2)).toMatchObject({ name: 'Ada', role: 'owner' });
    const { rows: found } =
      await sql`select rowid from search_words where words match 'kingfisher'`.execute(database);
    expect(found).toHaveLength(kept);
    await database.destroy();
    expectSound();
    // The damaged file is kept as it was.
    expect(readFileSync(join(recovery?.folder ?? '', 'millpond.db')).equals(damaged)).toBe(true);
    expect((await openAgain()).recovery).toBeUndefined();
  });

  test('that was cut off keeps what lies in front of the cut', async () => {
    await fill();
    const pages = messagePages();
    truncateSync(file, (pages[Math.floor(pages.length / 2)] ?? 0) * pageSize + 100);
    const { database, recovery } = await openAgain();
    expect(recovery?.folder).toContain('damaged-');
    const kept = await countOf(database, 'messages');
    expect(kept).toBeGreaterThan(total * 0.4);
    expect(kept).toBeLessThan(total * 0.6);
    expect(await ensureOwner(database, 2)).toMatchObject({ name: 'Ada' });
    await database.destroy();
    expectSound();
  });

  test('with a zeroed header loses nothing', async () => {
    await fill();
    overwrite(0, Buffer.alloc(100));
    const { database, recovery } = await openAgain();
    expect(recovery?.tables.filter(({ lost }) => lost !== 0)).toEqual([]);
    expect(await countOf(database, 'messages')).toBe(total);
    expect(await countOf(database, 'chats')).toBe(chats);
    await database.destroy();
    expectSound();
  });

  test('whose page of people is gone gives their chats to an owner again, and makes nobody else one', async () => {
    await fill();
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.indexOf('Ada') / pageSize);
    overwrite(page * pageSize, Buffer.alloc(pageSize, 0x5a));
    const { database } = await openAgain();
    const people = await database.selectFrom('persons').selectAll().execute();
    expect(people).toMatchObject([{ role: 'owner', has_account: 1 }]);
    expect(await countOf(database, 'chats')).toBe(chats);
    expect(await countOf(database, 'api_keys')).toBe(2);
    await database.destroy();
    expectSound();
  });

  test('with a log that is garbage opens as it was before, and says so', async () => {
    await fill();
    writeFileSync(`${file}-wal`, Buffer.alloc(9000, 'not a log at all '));
    const { database, recovery } = await openAgain();
    expect(recovery).toMatchObject({ tables: [], lostLatest: true });
    expect(readdirSync(recovery?.folder ?? '')).toContain('millpond.db-wal');
    expect(await countOf(database, 'messages')).toBe(total);
    await database.destroy();
  });

  test('that a crash caught between the two renames is whole at the next start', async () => {
    await fill();
    const whole = readFileSync(file);
    rmSync(file);
    writeFileSync(`${file}.recovered`, whole);
    const { database } = await openAgain();
    expect(await countOf(database, 'messages')).toBe(total);
    await database.destroy();
  });
});

test('DOCTOR: what was never a database of Millpond is not touched', async () => {
  const other = new DatabaseSync(file);
  other.exec("create table recipes (name text); insert into recipes values ('soup')");
  other.close();
  const content = readFileSync(file);
  content.fill(0xff, 0, 100);
  writeFileSync(file, content);
  await expect(openAgain()).rejects.toThrow(/damaged or is not a Millpond database/);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(['millpond.db']);
});

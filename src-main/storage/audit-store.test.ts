import { describe, expect, test } from 'vitest';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createAuditStore } from './audit-store.ts';

const entry = (id: string, at: number, fields: object = {}) => ({
  ...{ id, at, personId: 'p', personName: 'Olga', action: 'people.create' },
  ...{ subject: 'Mia', outcome: 'done', address: '::1', ...fields },
});

describe('the audit log at rest', () => {
  test('is read newest first, by page and by words', async () => {
    await using test = await openTestDatabase();
    const store = createAuditStore(test.database);
    await store.append([
      entry('1', 10),
      entry('2', 20, { subject: '100% of it' }),
      entry('3', 30, { outcome: 'forbidden' }),
    ]);
    const ids = async (query: Parameters<typeof store.query>[0]) => {
      const { entries, total } = await store.query(query);
      return [entries.map(({ id }) => id).join(' '), total];
    };
    expect(await ids({ limit: 2 })).toEqual(['3 2', 3]);
    expect(await ids({ limit: 2, before: 20 })).toEqual(['1', 3]);
    expect(await ids({ limit: 9, search: 'forbid' })).toEqual(['3', 1]);
    expect(await ids({ limit: 9, search: '0%' })).toEqual(['2', 1]);
    expect(await ids({ limit: 9, search: '%' })).toEqual(['2', 1]);
    expect((await store.query({ limit: 1 })).entries).toEqual([
      entry('3', 30, { outcome: 'forbidden' }),
    ]);
  });

  test('takes many at once, and the same twice without harm', async () => {
    await using test = await openTestDatabase();
    const store = createAuditStore(test.database);
    const many = Array.from({ length: 1200 }, (_, index) => entry(`e${index.toString()}`, index));
    await store.append(many);
    await store.append(many.slice(0, 3));
    expect((await store.query({ limit: 1 })).total).toBe(1200);
  });

  test('is never changed, and deleted by age alone, whatever asks the database', async () => {
    await using test = await openTestDatabase();
    const { database } = test;
    const store = createAuditStore(database);
    await store.append([entry('old', 10), entry('new', 20)]);
    const change = database.updateTable('audit_entries').set({ outcome: 'done' }).execute();
    await expect(change).rejects.toThrow();
    await expect(database.deleteFrom('audit_entries').execute()).rejects.toThrow();
    expect((await store.query({ limit: 9 })).total).toBe(2);
    await store.prune(15);
    expect((await store.query({ limit: 9 })).entries.map(({ id }) => id)).toEqual(['new']);
    const rest = database.deleteFrom('audit_entries').where('id', '=', 'new').execute();
    await expect(rest).rejects.toThrow();
    expect((await store.query({ limit: 9 })).total).toBe(1);
  });
});

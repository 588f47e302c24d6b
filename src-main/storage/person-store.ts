import { newId } from '../core/identity.ts';
import type { Database } from './open-database.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/**
 * The person this installation belongs to: made at the first start, the same ever after. `name` is what
 * a new one is called.
 */
export async function ensureOwner(
  database: Database,
  now: number,
  name = 'Owner',
): Promise<Person> {
  return database.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('persons')
      .select(['id', 'name', 'role'])
      .where('role', '=', 'owner')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    if (known !== undefined) return known;
    const owner: Person = { id: newId(), name, role: 'owner' };
    await transaction
      .insertInto('persons')
      .values({ ...owner, created_at: now, has_account: 1 })
      .execute();
    return owner;
  });
}

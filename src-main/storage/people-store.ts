import type {
  Arrival,
  PeopleStore,
  StoredDevice,
  StoredInvite,
  StoredMember,
  StoredPeople,
  StoredPerson,
  StoredPool,
} from '../gateway/people/ports.ts';
import type { Database } from './open-database.ts';
import {
  deviceRow,
  inviteRow,
  memberRow,
  personRow,
  poolRow,
  toDevice,
  toInvite,
  toMember,
  toPerson,
  toPool,
} from './people-rows.ts';

export function createPeopleStore(database: Database): PeopleStore {
  return new SqlPeopleStore(database);
}

class SqlPeopleStore implements PeopleStore {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async load(): Promise<StoredPeople> {
    const [persons, pools, members, devices, invites] = await Promise.all([
      this.database.selectFrom('persons').selectAll().execute(),
      this.database.selectFrom('pools').selectAll().execute(),
      this.database.selectFrom('pool_members').selectAll().execute(),
      this.database.selectFrom('devices').selectAll().execute(),
      this.database.selectFrom('invites').selectAll().execute(),
    ]);
    return {
      persons: persons.map(toPerson),
      pools: pools.map(toPool),
      members: members.map(toMember),
      devices: devices.map(toDevice),
      invites: invites.map(toInvite),
    };
  }

  async savePerson(person: StoredPerson): Promise<void> {
    const { id, created_at, ...changes } = personRow(person);
    await this.database
      .insertInto('persons')
      .values({ id, created_at, ...changes })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
      .execute();
  }

  async insertPool(pool: StoredPool, owner: StoredMember): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      await transaction.insertInto('pools').values(poolRow(pool)).execute();
      await transaction.insertInto('pool_members').values(memberRow(owner)).execute();
    });
  }

  async updatePool(pool: StoredPool): Promise<void> {
    const { id, name, is_isolated, strategy, contributors_first } = poolRow(pool);
    await this.database
      .updateTable('pools')
      .set({ name, is_isolated, strategy, contributors_first })
      .where('id', '=', id)
      .execute();
  }

  async endPool(poolId: string, at: number): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('pools')
        .set({ ended_at: at })
        .where('id', '=', poolId)
        .execute();
      await transaction.deleteFrom('pool_members').where('pool_id', '=', poolId).execute();
      await transaction.deleteFrom('invites').where('pool_id', '=', poolId).execute();
      await transaction
        .updateTable('devices')
        .set({ revoked_at: at })
        .where('pool_id', '=', poolId)
        .where('revoked_at', 'is', null)
        .execute();
    });
  }

  async insertMember(member: StoredMember): Promise<void> {
    await this.database.insertInto('pool_members').values(memberRow(member)).execute();
  }

  async updateMember(member: StoredMember): Promise<void> {
    const { pool_id, person_id, role, models } = memberRow(member);
    await this.database
      .updateTable('pool_members')
      .set({ role, models })
      .where('pool_id', '=', pool_id)
      .where('person_id', '=', person_id)
      .execute();
  }

  async removeMember(poolId: string, personId: string, at: number): Promise<void> {
    await this.database.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom('pool_members')
        .where('pool_id', '=', poolId)
        .where('person_id', '=', personId)
        .execute();
      await transaction
        .updateTable('devices')
        .set({ revoked_at: at })
        .where('pool_id', '=', poolId)
        .where('person_id', '=', personId)
        .where('revoked_at', 'is', null)
        .execute();
    });
  }

  arrive(arrival: Arrival): Promise<boolean> {
    return arrive(this.database, arrival);
  }

  async updateDevice({ id, name, trust }: StoredDevice): Promise<void> {
    await this.database.updateTable('devices').set({ name, trust }).where('id', '=', id).execute();
  }

  async revokeDevice(id: string, at: number): Promise<void> {
    await this.database
      .updateTable('devices')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
  }

  async touchDevice(id: string, epoch: number, seenAt: number): Promise<void> {
    await this.database
      .updateTable('devices')
      .set((column) => ({
        epoch: column.fn<number>('max', ['epoch', column.val(epoch)]),
        last_seen_at: seenAt,
      }))
      .where('id', '=', id)
      .execute();
  }

  async insertInvites(invites: readonly StoredInvite[]): Promise<void> {
    if (invites.length === 0) return;
    await this.database.insertInto('invites').values(invites.map(inviteRow)).execute();
  }

  async revokeInvite(id: string, at: number): Promise<void> {
    await this.database
      .updateTable('invites')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .execute();
  }
}

/** The database decides who takes the last use: writes come one after the other. */
function arrive(database: Database, arrival: Arrival): Promise<boolean> {
  const { device, person, member, inviteId, now } = arrival;
  return database.transaction().execute(async (transaction) => {
    if (inviteId !== undefined) {
      const { numUpdatedRows } = await transaction
        .updateTable('invites')
        .set((column) => ({ uses: column('uses', '+', 1) }))
        .where('id', '=', inviteId)
        .where('revoked_at', 'is', null)
        .where((column) =>
          column.or([column('max_uses', 'is', null), column('uses', '<', column.ref('max_uses'))]),
        )
        .where((column) =>
          column.or([column('expires_at', 'is', null), column('expires_at', '>', now)]),
        )
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
    }
    if (person !== undefined) {
      await transaction.insertInto('persons').values(personRow(person)).execute();
    }
    if (member !== undefined) {
      await transaction
        .insertInto('pool_members')
        .values(memberRow(member))
        // Two devices of one person may come in at the same moment.
        .onConflict((conflict) => conflict.columns(['pool_id', 'person_id']).doNothing())
        .execute();
    }
    await transaction.insertInto('devices').values(deviceRow(device)).execute();
    return true;
  });
}

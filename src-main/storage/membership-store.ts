import { z } from 'zod';
import type { JoinedPool, MembershipStore } from '../agent/ports.ts';
import type { Database } from './open-database.ts';
import type { JoinedPoolsTable } from './schema.ts';

export function createMembershipStore(database: Database): MembershipStore {
  return {
    async list() {
      const rows = await database
        .selectFrom('joined_pools')
        .selectAll()
        .orderBy('joined_at')
        .orderBy('membership_id')
        .execute();
      return rows.map(toPool);
    },
    async save({ membershipId, epoch, joinedAt, isSharing, ...terms }) {
      const chosen = { is_sharing: Number(isSharing), terms: JSON.stringify(terms) };
      await database
        .insertInto('joined_pools')
        .values({ membership_id: membershipId, epoch, joined_at: joinedAt, ...chosen })
        // The epoch only ever grows, and by its own call.
        .onConflict((conflict) => conflict.column('membership_id').doUpdateSet(chosen))
        .execute();
    },
    async saveEpoch(membershipId, epoch) {
      await database
        .updateTable('joined_pools')
        .set({ epoch })
        .where('membership_id', '=', membershipId)
        .where('epoch', '<', epoch)
        .execute();
    },
    async remove(membershipId) {
      await database.deleteFrom('joined_pools').where('membership_id', '=', membershipId).execute();
    },
  };
}

/** What the pool said and how it is reached. */
const terms = z.object({
  poolId: z.string(),
  poolName: z.string(),
  gatewayName: z.string(),
  personName: z.string(),
  role: z.enum(['owner', 'admin', 'member', 'viewer']).catch('viewer'),
  trust: z.enum(['own', 'trusted', 'guest']).catch('guest'),
  mayServe: z.boolean(),
  mayAsk: z.boolean(),
  offersPools: z.boolean().default(false),
  gateway: z.object({
    candidates: z.array(z.string()),
    trust: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('pin'), spki: z.string() }),
      z.object({ kind: z.literal('webpki'), host: z.string() }),
    ]),
  }),
});

function toPool(row: JoinedPoolsTable): JoinedPool {
  return {
    ...terms.parse(JSON.parse(row.terms)),
    membershipId: row.membership_id,
    epoch: row.epoch,
    joinedAt: row.joined_at,
    isSharing: row.is_sharing !== 0,
  };
}

import type { GatewayIdentityStore } from '../gateway/people/ports.ts';
import type { Database } from './open-database.ts';

export function createGatewayIdentityStore(database: Database): GatewayIdentityStore {
  return {
    async read() {
      const row = await database.selectFrom('gateway_identity').selectAll().executeTakeFirst();
      return (
        row && {
          gatewayId: row.gateway_id,
          certificate: row.certificate,
          createdAt: row.created_at,
        }
      );
    },
    async write({ gatewayId, certificate, createdAt }) {
      const row = { gateway_id: gatewayId, certificate, created_at: createdAt };
      await database
        .insertInto('gateway_identity')
        .values({ only: 1, ...row })
        .onConflict((conflict) => conflict.column('only').doUpdateSet(row))
        .execute();
    },
  };
}

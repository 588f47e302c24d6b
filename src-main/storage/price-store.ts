import { z } from 'zod';
import type { PriceStore, StoredPrice } from '../gateway/usage/ports.ts';
import { optional } from './columns.ts';
import type { Database } from './open-database.ts';
import type { PricesTable } from './tables/usage.ts';

/** Prices that people set. */
export function createPriceStore(database: Database): PriceStore {
  return {
    async list() {
      const rows = await database.selectFrom('prices').selectAll().execute();
      return rows.map(toPrice);
    },
    async save({ model, provider = '', tiers, contributorTiers }) {
      const columns = {
        tiers: JSON.stringify(tiers),
        contributor_tiers: contributorTiers ? JSON.stringify(contributorTiers) : null,
      };
      await database
        .insertInto('prices')
        .values({ model, provider, ...columns })
        .onConflict((conflict) => conflict.columns(['model', 'provider']).doUpdateSet(columns))
        .execute();
    },
    async remove(model, provider = '') {
      await database
        .deleteFrom('prices')
        .where('model', '=', model)
        .where('provider', '=', provider)
        .execute();
    },
  };
}

const tierList = z.array(
  z.object({
    maxInputTokens: z.number(),
    inputMicros: z.number(),
    cachedInputMicros: z.number().exactOptional(),
    cacheWriteMicros: z.number().exactOptional(),
    outputMicros: z.number(),
  }),
);

const readTiers = (json: string) => tierList.parse(JSON.parse(json));

function toPrice({ model, provider, tiers, contributor_tiers }: PricesTable): StoredPrice {
  return {
    model,
    ...(provider !== '' && { provider }),
    tiers: readTiers(tiers),
    ...optional('contributorTiers', contributor_tiers, readTiers),
  };
}

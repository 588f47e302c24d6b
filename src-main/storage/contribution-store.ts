import { sql } from 'kysely';
import type { ContributionStore } from '../agent/ports.ts';
import type { Database } from './open-database.ts';

export function createContributionStore(database: Database): ContributionStore {
  return {
    async add({ day, givenTokens, givenAnswers, usedTokens }) {
      await database
        .insertInto('contribution_days')
        .values({
          day,
          given_tokens: givenTokens,
          given_answers: givenAnswers,
          used_tokens: usedTokens,
        })
        .onConflict((conflict) =>
          conflict.column('day').doUpdateSet({
            given_tokens: sql`given_tokens + excluded.given_tokens`,
            given_answers: sql`given_answers + excluded.given_answers`,
            used_tokens: sql`used_tokens + excluded.used_tokens`,
          }),
        )
        .execute();
    },
    async days(limit) {
      const rows = await database
        .selectFrom('contribution_days')
        .selectAll()
        .orderBy('day', 'desc')
        .limit(limit)
        .execute();
      return rows
        .map((row) => ({
          day: row.day,
          givenTokens: row.given_tokens,
          givenAnswers: row.given_answers,
          usedTokens: row.used_tokens,
        }))
        .reverse();
    },
    async total() {
      const row = await database
        .selectFrom('contribution_days')
        .select(({ fn }) => [
          fn.sum<number | null>('given_tokens').as('tokens'),
          fn.sum<number | null>('given_answers').as('answers'),
          fn.sum<number | null>('used_tokens').as('used'),
        ])
        .executeTakeFirst();
      return {
        givenTokens: row?.tokens ?? 0,
        givenAnswers: row?.answers ?? 0,
        usedTokens: row?.used ?? 0,
      };
    },
  };
}

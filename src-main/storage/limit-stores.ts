import type {
  ModelLimitStore,
  QuotaBook,
  QuotaStore,
  RateStore,
  TakenQuota,
} from '../gateway/limits/ports.ts';
import { readLimits } from './limits-column.ts';
import type { Database } from './open-database.ts';

/** What is taken of quotas and budgets. */
export function createQuotaStore(database: Database): QuotaStore {
  return new SqlQuotaStore(database);
}

class SqlQuotaStore implements QuotaStore {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  lease(book: QuotaBook, wanted: number, allowed: number) {
    return this.change(book, (before) =>
      Math.max(before, Math.min(before + Math.ceil(wanted), allowed)),
    ).then(({ before, after }) => ({ granted: after - before, taken: after }));
  }

  async adjust(book: QuotaBook, by: number): Promise<number> {
    const { after } = await this.change(book, (before) => Math.max(0, before + Math.ceil(by)));
    return after;
  }

  async takenIn(periods: readonly string[]): Promise<readonly TakenQuota[]> {
    const rows = await this.database
      .selectFrom('limit_counters')
      .select(['subject', 'unit', 'period', 'taken'])
      .where('period', 'in', periods)
      .execute();
    return rows.map(({ unit, ...row }) => ({
      ...row,
      unit: unit === 'micros' ? unit : 'tokens',
    }));
  }

  async tell(book: QuotaBook): Promise<boolean> {
    const told = await this.database
      .updateTable('limit_counters')
      .set({ told: 1 })
      .where('subject', '=', book.subject)
      .where('unit', '=', book.unit)
      .where('period', '=', book.period)
      .where('told', '=', 0)
      .returning('subject')
      .execute();
    return told.length > 0;
  }

  async prune(before: string): Promise<void> {
    await this.database.deleteFrom('limit_counters').where('period', '<', before).execute();
  }

  private change(book: QuotaBook, next: (before: number) => number) {
    const { subject, unit, period } = book;
    return this.database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('limit_counters')
        .select('taken')
        .where('subject', '=', subject)
        .where('unit', '=', unit)
        .where('period', '=', period)
        .executeTakeFirst();
      const before = row?.taken ?? 0;
      const after = next(before);
      await transaction
        .insertInto('limit_counters')
        .values({ subject, unit, period, taken: after, told: 0 })
        .onConflict((conflict) =>
          conflict.columns(['subject', 'unit', 'period']).doUpdateSet({ taken: after }),
        )
        .execute();
      return { before, after };
    });
  }
}

const running = 'running';

/** The rates of the last minute; while the program runs, only that it does. */
export function createLimitRateStore(database: Database): RateStore {
  const write = async (rates: string): Promise<void> => {
    await database
      .insertInto('limit_rates')
      .values({ only: 1, rates })
      .onConflict((conflict) => conflict.column('only').doUpdateSet({ rates }))
      .execute();
  };
  return {
    async open() {
      const row = await database.selectFrom('limit_rates').select('rates').executeTakeFirst();
      await write(running);
      return row?.rates;
    },
    close: write,
  };
}

export function createModelLimitStore(database: Database): ModelLimitStore {
  return {
    async list() {
      const rows = await database.selectFrom('model_limits').selectAll().execute();
      return rows.map((row) => ({ modelId: row.model_id, limits: readLimits(row.limits) }));
    },
    async save(modelId, limits) {
      const text = JSON.stringify(limits);
      await database
        .insertInto('model_limits')
        .values({ model_id: modelId, limits: text })
        .onConflict((conflict) => conflict.column('model_id').doUpdateSet({ limits: text }))
        .execute();
    },
    async remove(modelId) {
      await database.deleteFrom('model_limits').where('model_id', '=', modelId).execute();
    },
  };
}

import { storedAlertKind, storedAlertSettings } from '../gateway/alerts/ports.ts';
import type { AlertStore } from '../gateway/alerts/ports.ts';
import { optional, same } from './columns.ts';
import type { Database } from './open-database.ts';

/** Alerts and what people want to be told of. */
export function createAlertStore(database: Database): AlertStore {
  return {
    async list(limit) {
      const rows = await database
        .selectFrom('alerts')
        .selectAll()
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ kind, ended_at, ...row }) => ({
        ...row,
        kind: storedAlertKind.catch('store').parse(kind),
        ...optional('endedAt', ended_at, same),
      }));
    },
    async save({ id, at, kind, subject, message, endedAt = null }, kept) {
      await database
        .insertInto('alerts')
        .values({ id, at, kind, subject, message, ended_at: endedAt })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ ended_at: endedAt }))
        .execute();
      const newest = database.selectFrom('alerts').select('id').orderBy('at', 'desc').limit(kept);
      await database.deleteFrom('alerts').where('id', 'not in', newest).execute();
    },
    async settings() {
      const row = await database.selectFrom('alert_settings').select('settings').executeTakeFirst();
      if (row === undefined) return undefined;
      return storedAlertSettings.safeParse(JSON.parse(row.settings)).data;
    },
    async saveSettings(settings) {
      const json = JSON.stringify(settings);
      await database
        .insertInto('alert_settings')
        .values({ only_one: 1, settings: json })
        .onConflict((conflict) => conflict.column('only_one').doUpdateSet({ settings: json }))
        .execute();
    },
  };
}

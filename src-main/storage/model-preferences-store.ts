import type { ModelPreferencesStore } from '../models/ports.ts';
import { readLoadOptions } from './columns.ts';
import type { Database } from './open-database.ts';

export function createModelPreferencesStore(database: Database): ModelPreferencesStore {
  return {
    async list() {
      const rows = await database.selectFrom('model_preferences').selectAll().execute();
      return new Map(
        rows.map((row) => [
          row.model_id,
          { options: readLoadOptions(row.options), systemPrompt: row.system_prompt },
        ]),
      );
    },
    async save(modelId, preferences) {
      const chosen = {
        options: JSON.stringify(preferences.options),
        system_prompt: preferences.systemPrompt,
      };
      await database
        .insertInto('model_preferences')
        .values({ model_id: modelId, ...chosen })
        .onConflict((conflict) => conflict.column('model_id').doUpdateSet(chosen))
        .execute();
    },
  };
}

import type { PresetStore } from '../chats/ports.ts';
import { readParameters } from './columns.ts';
import type { Database } from './open-database.ts';

export function createPresetStore(database: Database): PresetStore {
  return {
    async list(personId) {
      const rows = await database
        .selectFrom('presets')
        .selectAll()
        .where('person_id', '=', personId)
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        systemPrompt: row.system_prompt,
        parameters: readParameters(row.parameters),
      }));
    },
    async insert(personId, preset, createdAt) {
      await database
        .insertInto('presets')
        .values({
          id: preset.id,
          person_id: personId,
          name: preset.name,
          system_prompt: preset.systemPrompt,
          parameters: JSON.stringify(preset.parameters),
          created_at: createdAt,
        })
        .execute();
    },
    async update(personId, preset) {
      const { numUpdatedRows } = await database
        .updateTable('presets')
        .set({
          name: preset.name,
          system_prompt: preset.systemPrompt,
          parameters: JSON.stringify(preset.parameters),
        })
        .where('id', '=', preset.id)
        .where('person_id', '=', personId)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async remove(personId, presetId) {
      const { numDeletedRows } = await database
        .deleteFrom('presets')
        .where('id', '=', presetId)
        .where('person_id', '=', personId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

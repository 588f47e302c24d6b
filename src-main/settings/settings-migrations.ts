/** Settings of any version as they were read: a JSON object with a version number. */
export type RawSettings = Readonly<Record<string, unknown>> & { readonly version: number };

/** One pure step from its version to the next. */
export type SettingsMigration = (old: RawSettings) => RawSettings;

/** Steps by the version they start from. Append only: a released step is never edited. */
export const settingsMigrations: Readonly<Record<number, SettingsMigration>> = {};

/** Takes settings of any older version to `target`. Throws when a step is missing. */
export function migrateSettings(
  settings: RawSettings,
  target: number,
  migrations: Readonly<Record<number, SettingsMigration>>,
): RawSettings {
  let current = settings;
  while (current.version < target) {
    const step = migrations[current.version];
    if (step === undefined) throw new Error(`no step from settings version ${current.version}`);
    const next = step(current);
    if (next.version <= current.version) throw new Error('a settings step must raise the version');
    current = next;
  }
  return current;
}

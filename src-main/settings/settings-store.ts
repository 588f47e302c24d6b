import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import {
  defaultSettings,
  settingsPatch,
  settingsSchema,
  type Settings,
  type SettingsPatch,
} from '../contract/settings.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { migrateSettings, type RawSettings, settingsMigrations } from './settings-migrations.ts';

export interface SettingsStore {
  /** The settings in force; never changed in place. */
  current(): Settings;
  /** What went wrong while reading, in one sentence for the person; absent when nothing did. */
  readonly notice?: string;
  /**
   * Checks, saves and announces. Rejects with `invalid-request`, why the file can't be written, or with
   * `conflict` for a setting that is held.
   */
  update(patch: SettingsPatch): Promise<Settings>;
  /**
   * Puts these over what is saved, in place of what was held before, and announces. What is saved comes
   * back when they are not held any more. `by` is told to whoever wants to change one: the path of a file.
   */
  hold(patch: SettingsPatch, by: string): void;
  /** Calls back after each change; the returned function ends it. */
  onChanged(listener: (settings: Settings) => void): () => void;
}

interface OpenSettingsOptions {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, 'now'>;
}

interface Loaded {
  readonly settings: Settings;
  readonly notice?: string;
}

/**
 * Reads `settings.json`. A file that makes no sense is copied to `settings.broken-<time>.json` and
 * the defaults are used; one that a newer Millpond wrote is refused with one sentence.
 */
export async function openSettings(options: OpenSettingsOptions): Promise<SettingsStore> {
  const path = join(options.dataFolder, 'settings.json');
  const { settings, notice } = await load(path, options);
  return createStore(path, settings, notice);
}

/** The settings as they stand on the disk, and why not where they are the defaults. Changes nothing. */
export async function readSettings(
  dataFolder: string,
): Promise<{ readonly settings: Settings; readonly problem?: string }> {
  const path = join(dataFolder, 'settings.json');
  try {
    const text = await readIfPresent(path);
    const settings = text === undefined ? defaultSettings : parse(text, path);
    if (settings !== undefined) return { settings };
    return { settings: defaultSettings, problem: `${path} could not be understood` };
  } catch (error) {
    return { settings: defaultSettings, problem: MillpondError.from(error).message };
  }
}

function createStore(path: string, initial: Settings, notice: string | undefined): SettingsStore {
  const listeners = new Set<(settings: Settings) => void>();
  let saved = initial;
  let held: { readonly patch: SettingsPatch; readonly by: string } = { patch: {}, by: '' };
  let settings = initial;
  let lastWrite: Promise<unknown> = Promise.resolve();

  async function apply(patch: SettingsPatch): Promise<Settings> {
    const next = { ...saved, ...withoutUndefined(patch) };
    await writeFileAtomic(path, `${JSON.stringify(next, undefined, 2)}\n`);
    saved = next;
    announce();
    return settings;
  }

  function announce(): void {
    settings = { ...saved, ...withoutUndefined(held.patch) };
    for (const listener of listeners) listener(settings);
  }

  function refuseHeld(patch: SettingsPatch): void {
    const holds = new Map<string, unknown>(Object.entries(withoutUndefined(held.patch)));
    const differs = ([name, value]: readonly [string, unknown]): boolean =>
      holds.has(name) && JSON.stringify(holds.get(name)) !== JSON.stringify(value);
    const name = Object.entries(withoutUndefined(patch)).find(differs)?.[0];
    if (name === undefined) return;
    throw new MillpondError('conflict', `“${name}” stands in ${held.by}; change it there`, {
      param: name,
      reason: 'in-config-file',
    });
  }

  return {
    current: () => settings,
    ...(notice !== undefined && { notice }),
    update(patch) {
      const checked = settingsPatch.safeParse(patch);
      if (!checked.success) return Promise.reject(invalid(checked.error.issues[0]));
      const write = lastWrite.then(() => {
        refuseHeld(checked.data);
        return apply(checked.data);
      });
      lastWrite = write.catch(() => undefined); // reported to its own caller
      return write;
    },
    hold(patch, by) {
      held = { patch, by };
      announce();
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

async function load(path: string, { dataFolder, clock }: OpenSettingsOptions): Promise<Loaded> {
  const text = await readIfPresent(path);
  if (text === undefined) return { settings: defaultSettings };
  const settings = parse(text, path);
  if (settings !== undefined) return { settings };
  const time = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const copy = join(dataFolder, `settings.broken-${time}.json`);
  try {
    await copyFile(path, copy);
  } catch (error) {
    throw explainFileError(error, 'write', copy);
  }
  return {
    settings: defaultSettings,
    notice: `The settings file could not be understood, so the defaults are in use. A copy of it is at ${copy}.`,
  };
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw explainFileError(error, 'read', path);
  }
}

/** Undefined when the text is not settings. */
function parse(text: string, path: string): Settings | undefined {
  const raw = parseRaw(text);
  if (raw === undefined) return undefined;
  if (raw.version > defaultSettings.version) {
    throw new MillpondError(
      'conflict',
      `${path} was written by a newer Millpond (settings version ${raw.version}, this one knows ` +
        `${defaultSettings.version}). Update Millpond, or choose another data folder.`,
    );
  }
  const migrated = attempt(() => migrateSettings(raw, defaultSettings.version, settingsMigrations));
  // Fields a build of the same version does not know would be lost by a strict reader: it counts as
  // broken, and the copy keeps them.
  const checked = settingsSchema.safeParse(withDefaults(defaultSettings, migrated));
  return migrated !== undefined && checked.success ? checked.data : undefined;
}

/** A file may say only what is different, also inside an object: what it leaves out is the default. */
function withDefaults(defaults: object, said: object | undefined): object {
  const merged: Record<string, unknown> = { ...defaults, ...said };
  for (const [name, normal] of Object.entries(defaults)) {
    const value = merged[name];
    if (isPlainObject(normal) && isPlainObject(value)) merged[name] = withDefaults(normal, value);
  }
  return merged;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseRaw(text: string): RawSettings | undefined {
  const value = attempt((): unknown => JSON.parse(text));
  if (typeof value !== 'object' || value === null || !('version' in value)) return undefined;
  const { version } = value;
  return typeof version === 'number' ? { ...value, version } : undefined;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // the caller treats it as a broken file, of which a copy is kept
  }
}

function withoutUndefined(patch: SettingsPatch): object {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function invalid(issue: { readonly path: PropertyKey[]; readonly message: string } | undefined) {
  const field = issue?.path.map(String).join('.') ?? '';
  return new MillpondError('invalid-request', `${field}: ${issue?.message ?? 'not a setting'}`, {
    ...(field !== '' && { param: field }),
  });
}

import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explainFileError } from './file-error.ts';

/** Where one owner's Millpond keeps its files. Every path is absolute. */
export interface DataPaths {
  readonly dataFolder: string;
  readonly modelsFolder: string;
  readonly logsFolder: string;
  /** Answers under way, so that a crash loses none of what was shown. */
  readonly journalFolder: string;
  readonly databaseFile: string;
  /** How shell and command line find the running runtime. */
  readonly runtimeFile: string;
  /** Held locked while a runtime uses this folder. */
  readonly lockFile: string;
  /** What was learnt about model files: digests and facts. Safe to delete. */
  readonly libraryCacheFile: string;
  /** Where fetched files came from and what they should be. */
  readonly originsFile: string;
  /** Models linked from elsewhere, and those taken off the list. */
  readonly modelListsFile: string;
  /** Downloads under way. */
  readonly downloadsFolder: string;
  /** What the hub said. Safe to delete. */
  readonly hubCacheFolder: string;
  /** What loads and answers taught about this machine's memory and speed. Safe to delete. */
  readonly experienceFile: string;
}

/** What this process finds around itself; handed in so that tests can be on any system. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** Decides where the files lie; touches nothing. `MILLPOND_HOME` moves all of them. */
export function dataPaths(surroundings: Surroundings): DataPaths {
  const dataFolder = resolve(chooseDataFolder(surroundings));
  return {
    dataFolder,
    modelsFolder: join(dataFolder, 'models'),
    logsFolder: join(dataFolder, 'logs'),
    journalFolder: join(dataFolder, 'journal'),
    databaseFile: join(dataFolder, 'millpond.db'),
    runtimeFile: join(dataFolder, 'runtime.json'),
    lockFile: join(dataFolder, 'runtime.lock'),
    libraryCacheFile: join(dataFolder, 'library-cache.json'),
    originsFile: join(dataFolder, 'origins.json'),
    modelListsFile: join(dataFolder, 'model-lists.json'),
    downloadsFolder: join(dataFolder, 'downloads'),
    hubCacheFolder: join(dataFolder, 'hub-cache'),
    experienceFile: join(dataFolder, 'experience.json'),
  };
}

function chooseDataFolder({ platform, env, homeFolder }: Surroundings): string {
  const chosen = given(env['MILLPOND_HOME']);
  if (chosen !== undefined) return chosen;
  switch (platform) {
    case 'darwin':
      return join(homeFolder, 'Library', 'Application Support', 'Millpond');
    case 'win32':
      return join(given(env['APPDATA']) ?? join(homeFolder, 'AppData', 'Roaming'), 'Millpond');
    default:
      return join(given(env['XDG_DATA_HOME']) ?? join(homeFolder, '.local', 'share'), 'millpond');
  }
}

/** An empty variable counts as none. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/**
 * Makes the folders and proves that they can be read and written. Throws one sentence that names
 * the folder and what to do.
 */
export function prepareDataFolder(paths: DataPaths): void {
  for (const folder of [
    paths.dataFolder,
    paths.modelsFolder,
    paths.logsFolder,
    paths.journalFolder,
  ]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw explainFileError(error, 'use its data folder', folder);
    }
  }
}

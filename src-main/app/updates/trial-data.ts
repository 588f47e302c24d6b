import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import type { InstalledModel } from '../../contract/models.ts';
import { freeBytesAt, requireSpace } from '../../models/download/disk-space.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import { formatLogLine } from '../../platform/log-line.ts';
import type { DataPaths } from '../../platform/paths.ts';
import { keepPrivate } from '../../platform/private-file.ts';
import type { Database } from '../../storage/open-database.ts';
import type { TrialData } from '../../updates/ports.ts';
import { keptFiles } from '../backup.ts';

interface TrialDataDeps {
  readonly paths: DataPaths;
  /** Where the copy goes. */
  readonly folder: string;
  readonly database: Database;
  readonly models: () => readonly InstalledModel[];
  readonly defaultModel: () => string;
}

/** The model that comes with every version. */
const guide = 'guide';

/**
 * Copies what belongs to a version: database, settings, secrets, lists. Models are used where they lie,
 * and only read: a trial downloads and deletes nothing. Rejects with one sentence and leaves nothing.
 */
export async function copyForTrial(deps: TrialDataDeps): Promise<TrialData> {
  const { folder, paths } = deps;
  const discard = (): Promise<void> =>
    rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {
      // The next trial and the next start remove it.
    });
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await copyDatabase(deps.database, join(folder, basename(paths.databaseFile)));
    for (const name of [...keptFiles, basename(paths.libraryCacheFile)]) {
      await copyIfThere(join(paths.dataFolder, name), join(folder, name));
    }
    await pointToModels(join(folder, 'settings.json'), paths.modelsFolder);
  } catch (error) {
    await discard();
    throw explainFileError(error, 'copy its data to', folder);
  }
  const models = modelsToAsk(deps.models(), deps.defaultModel());
  return { folder, models, discard, logLines: () => troubleIn(join(folder, 'logs')) };
}

const mostCharacters = 1000;

/** What a log says of failures. A log that cannot be read says nothing. */
async function troubleIn(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    const texts = await Promise.all(
      names.toSorted().map((name) => readFile(join(folder, name), 'utf8')),
    );
    const lines = texts.join('').split('\n');
    const trouble = lines.filter((line) => /"level":"(?:warn|error|fatal)"/.test(line));
    return trouble.map((line) => formatLogLine(line).slice(0, mostCharacters));
  } catch {
    return []; // It ended before it wrote any.
  }
}

/** Throws `storage-full` while there is no room for one more copy of the data. */
export async function requireRoomForData(paths: DataPaths): Promise<void> {
  const { size } = await stat(paths.databaseFile);
  requireSpace(
    { name: 'A copy of the data', missingBytes: size },
    await freeBytesAt(paths.dataFolder),
  );
}

/** In the database's own thread, consistent while it is in use. */
async function copyDatabase(database: Database, target: string): Promise<void> {
  keepPrivate(target);
  await sql`vacuum into ${target}`.execute(database);
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** In the copy, models lie elsewhere: where downloads go is searched for them too. */
async function pointToModels(settingsFile: string, modelsFolder: string): Promise<void> {
  const text = await readFile(settingsFile, 'utf8').catch(() => '{"version":1}');
  const settings = JSON.parse(text) as { readonly downloadFolder?: string };
  if (settings.downloadFolder !== undefined && settings.downloadFolder !== '') return;
  await writeFile(settingsFile, JSON.stringify({ ...settings, downloadFolder: modelsFolder }), {
    mode: 0o600,
  });
}

/** The one that was used last, else the default, else the one that is always there. */
function modelsToAsk(models: readonly InstalledModel[], defaultModel: string): readonly string[] {
  const isHere = ({ path, problem, capabilities }: InstalledModel): boolean =>
    path !== undefined && problem === undefined && capabilities?.chat !== false;
  const here = models.filter(isHere);
  const used = here.filter(({ lastUsedAt }) => lastUsedAt !== undefined);
  const [last] = used.toSorted((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0));
  const chosen = here.find(({ id, name }) => id === defaultModel || name === defaultModel);
  return [...new Set([last?.id, chosen?.id, guide].filter((id) => id !== undefined))];
}

import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../contract/settings.ts';
import type { Clock } from '../core/clock.ts';
import { DownloadManager } from '../models/download/download-manager.ts';
import { createFileRepairer } from '../models/download/file-repairer.ts';
import { FoundStores } from '../models/found-stores.ts';
import { FileHasher } from '../models/hashing/file-hasher.ts';
import { Hub } from '../models/hub/hub.ts';
import { ModelImporter } from '../models/import-model.ts';
import { ModelLibrary } from '../models/model-library.ts';
import type { ModelInspector } from '../models/ports.ts';
import { ModelRemoval } from '../models/removal.ts';
import { ModelChecks } from '../models/verify.ts';
import type { StoreKind } from '../core/model.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Logger } from '../platform/logger.ts';
import type { DataPaths, Surroundings } from '../platform/paths.ts';
import { entryFile } from '../platform/program-files.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { Lifecycle } from './lifecycle.ts';

interface LibraryDeps {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly surroundings: Surroundings;
  readonly outgoing: Outgoing;
  readonly secrets: SecretStore;
  readonly inspector: ModelInspector;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: () => Settings;
  /** Downloads run; otherwise they wait for a start in which they do. */
  readonly isFetching: boolean;
  /** Programs whose server answers right now. */
  readonly runningServers: () => readonly StoreKind[];
}

/** Models: those that are here, those on their way, and those that could be had. */
export interface Library {
  readonly models: ModelLibrary;
  readonly stores: FoundStores;
  readonly importer: ModelImporter;
  readonly removal: ModelRemoval;
  readonly checks: ModelChecks;
  readonly hub: Hub;
  readonly downloads: DownloadManager;
}

/** Opens the library; whatever was on its way when Millpond ended goes on. */
export async function buildLibrary(deps: LibraryDeps, lifecycle: Lifecycle): Promise<Library> {
  const { files, paths, surroundings, outgoing, inspector, clock, settings } = deps;
  const logger = deps.logger.child({ component: 'models' });
  const hasher = new FileHasher({ workerFile: entryFile(files, 'hash-worker'), clock });
  lifecycle.started('hashing', () => hasher.dispose());
  const hub = new Hub({
    http: outgoing.client('hub'),
    cacheFolder: paths.hubCacheFolder,
    settings: () => ({
      endpoint: settings().hubEndpoint,
      isLocalOnly: settings().localOnly,
    }),
    environment: surroundings.env,
    homeFolder: surroundings.homeFolder,
    secrets: deps.secrets,
    ...{ clock, logger },
  });
  const downloads = await DownloadManager.open({
    folder: paths.downloadsFolder,
    http: outgoing.client('download'),
    locator: hub,
    limits: () => ({
      bytesPerSecond: settings().downloadBytesPerSecond,
      hours: settings().downloadHours,
    }),
    ...(!deps.isFetching && { mostRunning: 0 }),
    random: () => randomInt(2 ** 32) / 2 ** 32,
    ...{ hasher, clock, log: logger },
  });
  lifecycle.started('downloads', () => downloads.dispose());
  const models = new ModelLibrary({
    bundledFolder: join(files.resourcesFolder, 'models'),
    modelsFolder: paths.modelsFolder,
    folders: foldersOf(settings()),
    usedStores: settings().usedStores,
    cacheFile: paths.libraryCacheFile,
    originsFile: paths.originsFile,
    listsFile: paths.modelListsFile,
    isArriving: (path) => downloads.isArriving(path),
    ...{ surroundings, inspector, hasher, clock, logger },
  });
  await models.start();
  lifecycle.started('model library', () => models.dispose());
  const repairer = createFileRepairer({
    http: outgoing.client('download'),
    locator: hub,
    ...{ hasher, clock, log: logger },
  });
  const removal = new ModelRemoval({ library: models, clock, logger });
  lifecycle.started('removals', () => removal.dispose());
  const checks = new ModelChecks({ library: models, hasher, inspector, repairer, clock, logger });
  lifecycle.started('verification', () => checks.dispose());
  return {
    ...{ models, removal, checks, hub, downloads },
    importer: new ModelImporter({ library: models, inspector }),
    stores: new FoundStores({ library: models, inspector, runningServers: deps.runningServers }),
  };
}

/** The folders besides our own: those that were added, and the one that downloads go to. */
export function foldersOf({ modelFolders, downloadFolder }: Settings): readonly string[] {
  return [...new Set([...modelFolders, downloadFolder].filter((folder) => folder !== ''))];
}

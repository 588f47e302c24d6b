import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { EngineManager } from '../engines/manager/engine-manager.ts';
import { createHostedEngineFactory } from '../engines/hosting/hosted-engine-factory.ts';
import { HostedProbe } from '../engines/hosting/probe.ts';
import { ModelLibrary } from '../models/model-library.ts';
import type { ModelPreferencesStore } from '../models/ports.ts';
import type { Logger } from '../platform/logger.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { ModelCatalogue } from './model-catalogue.ts';

interface EnginesDeps {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly launcher: ProcessLauncher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly preferences: ModelPreferencesStore;
  readonly budgetBytes: () => number;
  readonly idleUnloadMs: () => number;
  readonly defaultThreads: number;
  readonly machineName: string;
}

export interface Engines {
  readonly probe: HostedProbe;
  readonly library: ModelLibrary;
  readonly catalogue: ModelCatalogue;
  readonly manager: EngineManager;
}

/** The models of this machine and what runs them. Nothing is loaded yet. */
export async function buildEngines(deps: EnginesDeps): Promise<Engines> {
  const { files, paths, launcher, clock, logger } = deps;
  const probe = new HostedProbe({ launcher, clock });
  const library = new ModelLibrary({
    bundledFolder: join(files.resourcesFolder, 'models'),
    modelsFolder: paths.modelsFolder,
    cacheFile: paths.libraryCacheFile,
    inspector: probe,
    clock,
    logger: logger.child({ component: 'models' }),
  });
  await library.start();
  const catalogue = new ModelCatalogue({ library, store: deps.preferences });
  const manager = new EngineManager({
    library,
    probe,
    clock,
    factory: createHostedEngineFactory({ launcher, clock, defaultThreads: deps.defaultThreads }),
    logger: logger.child({ component: 'engines' }),
    budgetBytes: deps.budgetBytes,
    idleUnloadMs: deps.idleUnloadMs,
    loadOptions: (id) => catalogue.loadOptions(id),
    machineName: deps.machineName,
  });
  await catalogue.open(manager);
  return { probe, library, catalogue, manager };
}

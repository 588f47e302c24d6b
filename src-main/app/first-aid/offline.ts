import { existsSync } from 'node:fs';
import type { FirstAidDeed } from '../../contract/first-aid.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { ModelManifest } from '../../core/model.ts';
import { HostedProbe } from '../../engines/hosting/probe.ts';
import { checkDatabase } from '../../first-aid/checks/database.ts';
import { checkEngine, checkModels } from '../../first-aid/checks/engine.ts';
import { checkHardware } from '../../first-aid/checks/hardware.ts';
import { checkProgram } from '../../first-aid/checks/program.ts';
import { checkSettings } from '../../first-aid/checks/settings.ts';
import { examine } from '../../first-aid/examine.ts';
import type { Check } from '../../first-aid/examine.ts';
import { writeReport } from '../../first-aid/report.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { findFreePort } from '../../platform/http/free-port.ts';
import type { Outgoing } from '../../platform/http/outgoing.ts';
import type { Installation } from '../../platform/installation.ts';
import { acquireInstanceLock } from '../../platform/instance-lock.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { DataPaths, Surroundings } from '../../platform/paths.ts';
import type { ProcessLauncher } from '../../platform/process-launcher.ts';
import { entryFile } from '../../platform/program-files.ts';
import type { ProgramFiles } from '../../platform/program-files.ts';
import { createSecretStore } from '../../platform/secret-store.ts';
import { readSettings } from '../../settings/settings-store.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { wantCheck } from '../../storage/recovery/open-or-recover.ts';
import { tryDatabase } from '../../storage/recovery/try-database.ts';
import { buildLibrary } from '../build-library.ts';
import type { Library } from '../build-library.ts';
import { defaultEngineThreads } from '../engine-threads.ts';
import { findRuntime } from '../find-runtime.ts';
import { Lifecycle } from '../lifecycle.ts';
import { Machine } from '../machine.ts';
import { checkConfigFile } from '../team/build-config.ts';
import { readMemoryUse, readRecoveries, redactorFor } from './facts.ts';
import type { FirstAid } from './first-aid.ts';
import { readLastLog } from './last-log.ts';
import { makeWritable, removeLeftovers } from './mend-files.ts';
import { changedSettings } from './running.ts';
import { settingsFile, sharedChecks } from './shared-checks.ts';
import { readCrashedStarts } from './start-record.ts';
import { tryEngine } from './try-engine.ts';

export interface OfflineDeps {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly surroundings: Surroundings;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly launcher: ProcessLauncher;
  readonly installation: Installation;
}

/** Parts that are put together for one examination, as far as they can be. */
interface Parts {
  readonly settings: Settings;
  readonly settingsProblem: string | undefined;
  readonly library: () => Promise<Library>;
  readonly machine: Machine;
  readonly probe: HostedProbe;
}

/** First aid in a process of its own, while no runtime can be asked. Starts none. */
export function offlineFirstAid(deps: OfflineDeps): FirstAid {
  const look = (signal: AbortSignal) =>
    withParts(deps, (parts) => examine(checksOf(deps, parts), signal));
  return {
    examine: look,
    mend: (deed) => mend(deps, deed),
    async report(signal) {
      const { installation, paths, surroundings } = deps;
      return await withParts(deps, async (parts) => {
        const findings = await examine(checksOf(deps, parts), signal);
        const models = await parts.library().then(
          (library) => library.models.list(),
          () => [],
        );
        return writeReport(
          {
            program: {
              ...{ Version: installation.version, Installed: installation.kind },
              ...{ Node: process.versions.node, Running: 'no' },
              System: `${process.platform} ${process.arch}`,
            },
            ...{ findings, errors: [], hardware: parts.machine.hardware() },
            models: models.map(({ id, sizeBytes }) => ({ id, sizeBytes, state: 'unloaded' })),
            settings: changedSettings(parts.settings),
            log: await readLastLog(paths.logsFolder, 200),
          },
          redactorFor(surroundings),
        );
      });
    },
  };
}

async function withParts<T>(deps: OfflineDeps, use: (parts: Parts) => Promise<T>): Promise<T> {
  const { files, paths, launcher, clock } = deps;
  const lifecycle = new Lifecycle(silentLogger);
  const { settings, problem } = await readSettings(paths.dataFolder);
  const probe: HostedProbe = new HostedProbe({ launcher, clock });
  lifecycle.started('probe', () => {
    probe.dispose();
  });
  const machine = new Machine({
    clock,
    workerFile: entryFile(files, 'hardware-worker'),
    askEngine: (signal) => probe.devices(signal),
    downloadFolder: () => paths.modelsFolder,
    memoryShare: () => settings.memoryShare,
    gpuMemoryShare: () => settings.gpuMemoryShare,
    usedBytes: () => 0,
  });
  lifecycle.started('hardware', () => {
    machine.stop();
  });
  let opening: Promise<Library> | undefined;
  const library = (): Promise<Library> => {
    opening ??= openLibrary(deps, { settings, probe }, lifecycle);
    return opening;
  };
  try {
    return await use({ settings, settingsProblem: problem, library, machine, probe });
  } finally {
    await lifecycle.stop();
  }
}

function openLibrary(
  deps: OfflineDeps,
  { settings, probe }: Pick<Parts, 'settings' | 'probe'>,
  lifecycle: Lifecycle,
): Promise<Library> {
  return buildLibrary(
    {
      ...{ ...deps, logger: silentLogger, inspector: probe, isFetching: false },
      secrets: createSecretStore({ folder: deps.paths.dataFolder }),
      settings: () => settings,
      runningServers: () => [],
    },
    lifecycle,
  );
}

function checksOf(deps: OfflineDeps, parts: Parts): readonly Check[] {
  const { paths, surroundings, clock, launcher, installation } = deps;
  const { settings, machine, probe } = parts;
  const defaultThreads = defaultEngineThreads(process.env);
  const models = async () => (await parts.library()).models.list();
  return [
    checkProgram({
      ...{ version: installation.version, kind: installation.kind, mode: 'normal' },
      nodeVersion: process.versions.node,
      crashedStarts: readCrashedStarts(paths),
    }),
    checkDatabase({
      file: paths.databaseFile,
      tryOut: () => {
        tryDatabase(paths.databaseFile);
      },
      recoveries: () => readRecoveries(paths.dataFolder, clock.now()),
    }),
    checkSettings({
      settingsProblem: () => parts.settingsProblem,
      configProblem: () => checkConfigFile({ paths, env: surroundings.env }, clock),
    }),
    checkHardware({
      hardware: async () => {
        await machine.detect();
        return machine.hardware();
      },
      backend: (signal) => probe.devices(signal),
      budgetBytes: () => machine.budgetBytes(),
      memoryUse: readMemoryUse,
      isCpuOnly: false,
    }),
    checkEngine({
      ...{ models, canStartSafely: false },
      tryEngine: (model, signal) => tryEngine({ launcher, clock, defaultThreads }, model, signal),
    }),
    checkModels((signal) => studied(models, probe, signal)),
    ...sharedChecks({
      ...deps,
      settings: () => settings,
      hub: async (signal) => (await parts.library()).hub.look(signal),
      currentPort: () => undefined,
      closedPoolPort: () => undefined,
      holder: () => holderOf(deps),
      failedUpdate: () => undefined,
    }),
  ];
}

/** A runtime has its library study new files by and by; here nobody has yet. */
async function studied(
  models: () => Promise<readonly ModelManifest[]>,
  probe: HostedProbe,
  signal: AbortSignal,
): Promise<readonly ModelManifest[]> {
  const list: ModelManifest[] = [];
  for (const model of await models()) {
    const isNew = model.problem === undefined && model.facts === undefined;
    const problem =
      isNew && model.format === 'gguf' ? await whyUnreadable(model, probe, signal) : undefined;
    list.push(problem === undefined ? model : { ...model, problem });
  }
  return list;
}

async function whyUnreadable(
  { path }: ModelManifest,
  probe: HostedProbe,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await probe.inspect(path, {}, signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return MillpondError.from(error).message;
  }
}

async function holderOf({
  paths,
  outgoing,
}: OfflineDeps): Promise<'nobody' | 'answers' | 'silent'> {
  const lock = takeLock(paths);
  if (lock !== undefined) {
    lock.release();
    return 'nobody';
  }
  const found = await findRuntime(paths, outgoing.client('runtime'));
  return found === undefined ? 'silent' : 'answers';
}

/** A lock that cannot be taken because of its folder is that folder's finding. */
function takeLock(paths: DataPaths): { release(): void } | undefined {
  if (!existsSync(paths.lockFile)) return { release: () => {} };
  try {
    return acquireInstanceLock(paths.lockFile);
  } catch {
    return { release: () => {} };
  }
}

/** While Millpond runs it is asked itself: here the data folder is nobody's. */
async function mend(deps: OfflineDeps, deed: FirstAidDeed): Promise<void> {
  const { paths, files, installation } = deps;
  if (deed === 'make-writable') {
    await makeWritable(paths.dataFolder);
    return;
  }
  const lock = acquireInstanceLock(paths.lockFile);
  if (lock === undefined) {
    throw new MillpondError('conflict', 'Another program holds the data folder; end it first');
  }
  try {
    if (deed === 'choose-free-port') await choosePort(paths.dataFolder);
    else if (deed === 'remove-leftovers') await removeLeftovers(paths);
    else if (deed === 'recover-database' || deed === 'shrink-database') {
      wantCheck(paths.databaseFile);
      const database = await openDatabase({
        file: paths.databaseFile,
        workerFile: entryFile(files, 'database-worker'),
        programVersion: installation.version,
      });
      // Closing writes everything that waits into the file.
      await database.destroy();
    } else throw new MillpondError('conflict', 'Start Millpond first; this is done while it runs');
  } finally {
    lock.release();
  }
}

async function choosePort(dataFolder: string): Promise<void> {
  const { settings, problem } = await readSettings(dataFolder);
  if (problem !== undefined) throw new MillpondError('conflict', problem);
  const next = { ...settings, port: await findFreePort() };
  await writeFileAtomic(settingsFile(dataFolder), `${JSON.stringify(next, undefined, 2)}\n`);
}

import { randomBytes } from 'node:crypto';
import { HostedProbe } from '../engines/hosting/probe.ts';
import type { StoreKind } from '../core/model.ts';
import { prepareDataFolder } from '../platform/paths.ts';
import { entryFile, programVersion } from '../platform/program-files.ts';
import { createProgramLauncher } from '../platform/program-launcher.ts';
import { createSecretStore } from '../platform/secret-store.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { accountName } from './account-name.ts';
import { buildEngines } from './build-engines.ts';
import type { Engines } from './build-engines.ts';
import { buildLibrary } from './build-library.ts';
import type { Library } from './build-library.ts';
import type { RuntimeOptions } from './build-runtime.ts';
import { buildStorage } from './build-storage.ts';
import type { Storage } from './build-storage.ts';
import { defaultEngineThreads } from './engine-threads.ts';
import type { Lifecycle } from './lifecycle.ts';
import { Machine } from './machine.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { createOwnProcesses } from './own-processes.ts';
import type { OwnProcesses } from './own-processes.ts';
import { machineName } from './pool/machine-facts.ts';
import { seclusionOf, settingsFor, withoutGraphics } from './start-mode.ts';
import { holdConfiguredSettings } from './team/build-config.ts';
import { takeDataFolder } from './take-data-folder.ts';

/** What stands before anything can be asked. */
export interface Ground {
  readonly version: string;
  readonly startedAt: number;
  readonly owner: { readonly personId: string; readonly token: string };
  readonly settings: SettingsStore;
  readonly storage: Storage;
  readonly machine: Machine;
  readonly probe: HostedProbe;
  readonly library: Library;
  readonly engines: Engines;
  readonly catalogue: ModelCatalogue;
  readonly processes: OwnProcesses;
  /** Says from now on how many bytes of graphics memory loads for others may take. */
  readonly limitOthers: (room: () => number | undefined) => void;
  /** Values that are never shown again, encrypted on the disk. */
  readonly secrets: SecretStore;
}

const tokenBytes = 32;

/** Opens data folder, settings, database, models and engines, in this order. Rejects with one sentence. */
export async function layGround(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  isOwnAddress: (url: string) => boolean,
): Promise<Ground> {
  const { files, paths, surroundings, outgoing, clock, log } = options;
  const { mode = 'normal' } = options;
  const processes = processesOf(options);
  const { launcher, programs } = processes;
  const version = programVersion(files);
  prepareDataFolder(paths);
  const http = outgoing.client('runtime');
  const lock = await takeDataFolder({ paths, http, clock, version });
  lifecycle.started('data folder', () => {
    lock.release();
  });
  const settings = await openPreferences(options);
  const startedAt = clock.now();
  const { storage, catalogue } = await openData(options, lifecycle, startedAt);
  const { probe, machine } = lookAtMachine({ ...options, launcher }, lifecycle, settings, () =>
    engines.manager.takenBytes(),
  );
  const secrets = createSecretStore({ folder: paths.dataFolder });
  const parts = { files, paths, surroundings, outgoing, clock, logger: log.logger };
  const library = await buildLibrary(
    {
      ...parts,
      secrets,
      inspector: probe,
      settings: () => settings.current(),
      isFetching: mode === 'normal',
      runningServers: () => runningStores(engines),
    },
    lifecycle,
  );
  let gpuRoom: () => number | undefined = () => undefined;
  const engines = await buildEngines(
    {
      ...{ ...parts, launcher, programs, probe, machine, library: library.models, isOwnAddress },
      servers: { store: storage.attachedServers, secrets },
      settings: () => settings.current(),
      // What was chosen for a model may be what it crashed with.
      loadOptions: (id) => (mode === 'safe' ? { gpus: [] } : catalogue.loadOptions(id)),
      hasSidecars: mode !== 'safe',
      defaultThreads: defaultEngineThreads(process.env),
      machineName: () => machineName(settings),
      gpuRoomForOthers: () => gpuRoom(),
    },
    lifecycle,
  );
  connectCatalogue(catalogue, library, engines);
  const token = randomBytes(tokenBytes).toString('base64url');
  const owner = { personId: storage.owner.id, token };
  return {
    ...{ version, startedAt, owner, settings, storage },
    ...{ machine, probe, library, engines, catalogue, secrets, processes },
    limitOthers(room) {
      gpuRoom = room;
    },
  };
}

/** Whatever is started from here on is known as our own; in safe mode none of it sees a graphics card. */
function processesOf({ launcher, mode }: RuntimeOptions): OwnProcesses {
  const children = mode === 'safe' ? withoutGraphics(launcher) : launcher;
  return createOwnProcesses(children, createProgramLauncher());
}

/** The settings with what the config file holds; from here on nothing goes out that may not. */
async function openPreferences(options: RuntimeOptions): Promise<SettingsStore> {
  const { paths, surroundings, outgoing, clock, configFile, mode = 'normal' } = options;
  const settings = await settingsFor(mode, { dataFolder: paths.dataFolder, clock });
  const place = { paths, env: surroundings.env, named: configFile };
  if (mode !== 'safe') await holdConfiguredSettings(place, settings, clock);
  outgoing.register.seal(seclusionOf(mode));
  outgoing.register.setLocalOnly(settings.current().localOnly);
  return settings;
}

/** The database with everything that is kept in it. */
async function openData(
  { files, paths, surroundings }: RuntimeOptions,
  lifecycle: Lifecycle,
  now: number,
): Promise<Pick<Ground, 'storage' | 'catalogue'>> {
  const storage = await buildStorage({
    file: paths.databaseFile,
    workerFile: entryFile(files, 'database-worker'),
    now,
    programVersion: programVersion(files),
    ownerName: accountName(surroundings.env),
  });
  lifecycle.started('database', () => storage.database.destroy());
  const catalogue = new ModelCatalogue(storage.modelPreferences, storage.modelUses);
  await catalogue.open();
  return { storage, catalogue };
}

function lookAtMachine(
  { files, launcher, clock, paths, onResume }: RuntimeOptions,
  lifecycle: Lifecycle,
  settings: SettingsStore,
  usedBytes: () => number,
): { readonly probe: HostedProbe; readonly machine: Machine } {
  const probe: HostedProbe = new HostedProbe({
    ...{ launcher, clock },
    gpus: () => machine.hardware()?.gpus ?? [],
    gpuCapBytes: () => machine.gpuBudgetBytes(),
  });
  lifecycle.started('probe', () => {
    probe.dispose();
  });
  const machine: Machine = new Machine({
    clock,
    workerFile: entryFile(files, 'hardware-worker'),
    askEngine: (signal) => probe.devices(signal),
    ...(onResume && { onResume }),
    downloadFolder: () => {
      const { downloadFolder } = settings.current();
      return downloadFolder === '' ? paths.modelsFolder : downloadFolder;
    },
    memoryShare: () => settings.current().memoryShare,
    gpuMemoryShare: () => settings.current().gpuMemoryShare,
    usedBytes,
  });
  lifecycle.started('hardware', () => {
    machine.stop();
  });
  return { probe, machine };
}

function connectCatalogue(catalogue: ModelCatalogue, library: Library, engines: Engines): void {
  catalogue.connect({
    library: library.models,
    engines: engines.manager,
    checks: library.checks,
    choices: (model) => engines.chooser.choices(model),
    engineOf: (model, options) => engines.chooser.chosenKind(model, options),
    attached: engines.attached,
  });
}

/** Ollama and LM Studio are programs that keep files and servers that answer. */
function runningStores({ attached }: Engines): readonly StoreKind[] {
  return attached.list().flatMap(({ kind, state }) => {
    if (state.phase !== 'connected') return [];
    return kind === 'ollama' || kind === 'lm-studio' ? [kind] : [];
  });
}

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Settings } from '../contract/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { HttpClient } from '../core/http.ts';
import { createLoadSampler } from '../hardware/load-sampler.ts';
import type { Log } from '../platform/logger.ts';
import { prepareDataFolder } from '../platform/paths.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import { entryFile, programVersion } from '../platform/program-files.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { removeRuntimeFile, writeRuntimeFile } from '../platform/runtime-file.ts';
import { openSettings } from '../settings/settings-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { announceChanges } from './announce-changes.ts';
import { buildConversations } from './build-conversations.ts';
import { buildEngines } from './build-engines.ts';
import type { Engines } from './build-engines.ts';
import { buildGateway } from './build-gateway.ts';
import type { Gateway } from './build-gateway.ts';
import { buildStorage } from './build-storage.ts';
import type { Storage } from './build-storage.ts';
import { createControlHandlers } from './control/create-handlers.ts';
import { defaultEngineThreads } from './engine-threads.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLocalUpstreams } from './local-upstreams.ts';
import { Machine } from './machine.ts';
import { takeDataFolder } from './take-data-folder.ts';

export interface RuntimeOptions {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly launcher: ProcessLauncher;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly face: 'desktop' | 'headless';
  /** Absent: the settings' port. 0 picks a free one. */
  readonly port?: number;
  readonly loadDefaultModel: boolean;
}

/** The whole program without a shell: gateway, engines, conversations and storage. */
export interface Runtime {
  readonly port: number;
  readonly origin: string;
  /** The owner's bearer of this start. */
  readonly token: string;
  settings(): Settings;
  onSettings(listener: (settings: Settings) => void): void;
  /** A one-time address that signs a browser in; valid for 60 seconds. */
  createLoginUrl(): string;
  /** Every address that it answers, for those who check what strangers may reach. */
  routes(): readonly { readonly method: string; readonly url: string }[];
  /** Resolves when everything has stopped. */
  readonly stopped: Promise<void>;
  /** Lets running answers finish for a moment, then stops. Never rejects. */
  stop(): Promise<void>;
}

const drainMs = 5000;
const tokenBytes = 32;

/**
 * Starts a runtime. Rejects with one sentence when the data folder is in use, unreadable or full, or
 * the port is taken; whatever had started by then is stopped again.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const lifecycle = new Lifecycle(options.log.logger);
  try {
    return await start(options, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** What stands before anything can be asked. */
interface Ground {
  readonly version: string;
  readonly startedAt: number;
  readonly owner: { readonly personId: string; readonly token: string };
  readonly settings: SettingsStore;
  readonly storage: Storage;
  readonly machine: Machine;
  readonly engines: Engines;
}

async function start(options: RuntimeOptions, lifecycle: Lifecycle): Promise<Runtime> {
  const ground = await layGround(options, lifecycle);
  const { settings, engines, machine, owner } = ground;
  const stopping = Promise.withResolvers<undefined>();
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    stopping.resolve(undefined);
  };
  const gateway = await openGateway(options, lifecycle, ground, () => void stop());
  void machine.detect().then(() => {
    gateway.publish('system.machine', machine.status());
  });
  if (options.loadDefaultModel && settings.current().loadAtStart) {
    // A failure is the model's state, shown where the model is.
    engines.manager.load(settings.current().defaultModel).catch(() => {});
  }
  const { port, origin } = gateway.address();
  return {
    ...{ port, origin, stop, token: owner.token },
    stopped: stopping.promise,
    settings: () => settings.current(),
    onSettings: (listener) => void settings.onChanged(listener),
    routes: () => gateway.routes(),
    createLoginUrl: () => `${origin}/#code=${gateway.sessions.createCode(owner.personId)}`,
  };
}

async function layGround(options: RuntimeOptions, lifecycle: Lifecycle): Promise<Ground> {
  const { files, paths, launcher, http, clock, log } = options;
  const version = programVersion(files);
  prepareDataFolder(paths);
  const lock = await takeDataFolder({ paths, http, clock, version });
  lifecycle.started('data folder', () => {
    lock.release();
  });
  const settings = await openSettings({ dataFolder: paths.dataFolder, clock });
  const startedAt = clock.now();
  const storage = await buildStorage({
    file: paths.databaseFile,
    workerFile: entryFile(files, 'database-worker'),
    now: startedAt,
  });
  lifecycle.started('database', () => storage.database.destroy());
  const machine = new Machine({
    load: createLoadSampler({ clock }),
    memoryShare: () => settings.current().memoryShare,
    usedBytes: () => engines.manager.takenBytes(),
  });
  const engines = await buildEngines({
    ...{ files, paths, launcher, clock },
    logger: log.logger,
    preferences: storage.modelPreferences,
    budgetBytes: () => machine.budgetBytes(),
    idleUnloadMs: () => settings.current().idleUnloadMinutes * 60_000,
    defaultThreads: defaultEngineThreads(process.env),
    machineName: hostname(),
  });
  lifecycle.started('model library', () => engines.library.dispose());
  lifecycle.started('probe', () => {
    engines.probe.dispose();
  });
  lifecycle.started('engines', () => engines.manager.dispose());
  const token = randomBytes(tokenBytes).toString('base64url');
  const owner = { personId: storage.owner.id, token };
  return { version, startedAt, owner, settings, storage, machine, engines };
}

/** Gateway and conversations need each other: chats ask the pipeline, the control API serves chats. */
async function openGateway(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  shutdown: () => void,
): Promise<Gateway> {
  const { files, paths, clock, log, face } = options;
  const { version, startedAt, owner, settings, storage, engines, machine } = ground;
  const gateway = buildGateway({
    directory: createLocalUpstreams({
      library: engines.library,
      engines: engines.manager,
      startedAt,
    }),
    stores: storage.gateway,
    handlers: (services) =>
      createControlHandlers({
        ...{ services, settings, engines, machine, storage, version, startedAt, face, paths },
        conversations,
        log,
        announceModel: changes.model,
        shutdown,
      }),
    preferences: () => settings.current(),
    rendererFolder: files.rendererFolder,
    port: options.port ?? settings.current().port,
    ...{ version, owner, clock },
    logger: log.logger,
  });
  const conversations = buildConversations({ files, paths, clock, log, storage, engines, gateway });
  const changes = announceChanges({ clock, engines, settings, publish: gateway.publish });
  lifecycle.started('announcements', changes.stop);
  await conversations.start();
  const { port } = await gateway.start();
  lifecycle.started('gateway', () => gateway.stop({ graceMs: drainMs }));
  lifecycle.started('chats', () => conversations.close());
  const ownerToken = owner.token;
  const info = { pid: process.pid, port, version, startedAt, ownerToken };
  await writeRuntimeFile(paths.runtimeFile, info);
  lifecycle.started('runtime file', () => removeRuntimeFile(paths.runtimeFile, ownerToken));
  return gateway;
}

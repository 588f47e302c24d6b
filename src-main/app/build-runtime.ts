import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createChats } from '../chats/create-chats.ts';
import { createWorkerTextExtractor } from '../chats/attachments/worker-text-extractor.ts';
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
import { buildEngines } from './build-engines.ts';
import { buildGateway } from './build-gateway.ts';
import type { Gateway } from './build-gateway.ts';
import { buildStorage } from './build-storage.ts';
import { createControlHandlers } from './control/create-handlers.ts';
import { defaultEngineThreads } from './engine-threads.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLocalUpstreams } from './local-upstreams.ts';
import { Machine } from './machine.ts';
import { ModelAnnouncer } from './model-announcer.ts';
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

async function start(options: RuntimeOptions, lifecycle: Lifecycle): Promise<Runtime> {
  const { files, paths, launcher, http, clock, log, face } = options;
  const { logger } = log;
  const version = programVersion(files);
  prepareDataFolder(paths);
  const lock = await takeDataFolder({ paths, http, clock, version });
  lifecycle.started('data folder', () => {
    lock.release();
  });
  const settings = await openSettings({ dataFolder: paths.dataFolder, clock });
  const storage = await buildStorage({
    file: paths.databaseFile,
    workerFile: entryFile(files, 'database-worker'),
    now: clock.now(),
  });
  lifecycle.started('database', () => storage.database.destroy());

  const startedAt = clock.now();
  const owner = {
    personId: storage.owner.id,
    token: randomBytes(tokenBytes).toString('base64url'),
  };
  const machine = new Machine({
    load: createLoadSampler({ clock }),
    memoryShare: () => settings.current().memoryShare,
    usedBytes: () => engines.manager.takenBytes(),
  });
  const engines = await buildEngines({
    ...{ files, paths, launcher, clock, logger },
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

  const gateway: Gateway = buildGateway({
    directory: createLocalUpstreams({
      library: engines.library,
      engines: engines.manager,
      startedAt,
    }),
    stores: storage.gateway,
    handlers: (services) =>
      createControlHandlers({
        ...{
          services,
          settings,
          engines,
          machine,
          chats,
          storage,
          version,
          startedAt,
          face,
          paths,
        },
        newestLogLines: log.newestLines,
        announceModel: (id) => {
          announcer.changed(id);
        },
        shutdown: () => void stop(),
      }),
    preferences: () => settings.current(),
    rendererFolder: files.rendererFolder,
    port: options.port ?? settings.current().port,
    version,
    owner,
    clock,
    logger,
  });
  const chats = createChats({
    store: storage.chats,
    attachments: storage.attachments,
    presets: storage.presets,
    models: {
      infer: (request, inferOptions) =>
        gateway.windowBackend(request.envelope.tenant).infer(request, inferOptions),
      defaultSystemPrompt: (model) =>
        Promise.resolve(engines.catalogue.systemPrompt(engines.library.find(model)?.id ?? model)),
      digest: (model) => engines.library.find(model)?.digest,
    },
    extractor: createWorkerTextExtractor({ workerFile: entryFile(files, 'attachment-worker') }),
    journalFolder: paths.journalFolder,
    clock,
    log: logger.child({ component: 'chats' }),
    publish: ({ topic, data }) => {
      gateway.publish(topic, data);
    },
  });
  const announcer = new ModelAnnouncer({
    clock,
    describe: (id) => engines.catalogue.describe(id),
    publish: (model) => {
      gateway.publish('models.changed', { model });
    },
  });
  lifecycle.started('announcements', () => {
    announcer.stop();
  });
  engines.manager.on('changed', (id) => {
    announcer.changed(id);
  });
  engines.library.on('changed', (id) => {
    announcer.changed(id);
  });
  engines.library.on('removed', (id) => {
    gateway.publish('models.removed', { id });
  });
  settings.onChanged((next) => {
    gateway.publish('settings.changed', next);
  });

  await chats.start();
  const { port, origin } = await gateway.start();
  lifecycle.started('gateway', () => gateway.stop({ graceMs: drainMs }));
  lifecycle.started('chats', () => chats.close());
  await writeRuntimeFile(paths.runtimeFile, {
    ...{ pid: process.pid, port, version, startedAt, ownerToken: owner.token },
  });
  lifecycle.started('runtime file', () => removeRuntimeFile(paths.runtimeFile, owner.token));
  void machine.detect().then(() => {
    gateway.publish('system.machine', machine.status());
  });
  if (options.loadDefaultModel && settings.current().loadAtStart) {
    // A failure is the model's state, shown where the model is.
    engines.manager.load(settings.current().defaultModel).catch(() => {});
  }

  const done = Promise.withResolvers<void>();
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    done.resolve();
  };
  return {
    ...{ port, origin, stop, token: owner.token, stopped: done.promise },
    settings: () => settings.current(),
    onSettings: (listener) => void settings.onChanged(listener),
    createLoginUrl: () => `${origin}/#code=${gateway.sessions.createCode(owner.personId)}`,
  };
}

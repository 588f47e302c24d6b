import type { Chats } from '../chats/create-chats.ts';
import type { Settings } from '../contract/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { OnResume } from '../hardware/ports.ts';
import { isLoopbackHost } from '../platform/http/loopback.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Log } from '../platform/logger.ts';
import type { DataPaths, Surroundings } from '../platform/paths.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { removeRuntimeFile, writeRuntimeFile } from '../platform/runtime-file.ts';
import { announceChanges } from './announce-changes.ts';
import { buildConversations } from './build-conversations.ts';
import { buildGateway } from './build-gateway.ts';
import type { Gateway } from './build-gateway.ts';
import { createControlHandlers } from './control/create-handlers.ts';
import { buildDiscover } from './discover/build-discover.ts';
import type { Discover } from './discover/discover.ts';
import { FetchModels } from './fetch-models.ts';
import { largestModelBytes } from './fit-machine.ts';
import { followSettings } from './follow-settings.ts';
import { keepTakingAlong } from './take-along.ts';
import { trimMemory } from '../platform/trim-memory.ts';
import { trimWhenIdle } from './trim-when-idle.ts';
import { layGround } from './lay-ground.ts';
import type { Ground } from './lay-ground.ts';
import { Lifecycle } from './lifecycle.ts';
import { createLocalUpstreams } from './local-upstreams.ts';

export interface RuntimeOptions {
  readonly files: ProgramFiles;
  readonly paths: DataPaths;
  readonly launcher: ProcessLauncher;
  /** The environment and home that other programs' files and the hub's variables are looked for in. */
  readonly surroundings: Surroundings;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly log: Log;
  readonly face: 'desktop' | 'headless';
  /** The shell's word that the computer woke up; without it only the clock tells. */
  readonly onResume?: OnResume;
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
/** Who needs longer to say what it is does not hold a port for others. */
const askLimitMs = 5000;

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
  // Known once the gateway stands; nobody can add an attached server before.
  const own: { gateway?: Gateway } = {};
  const ground = await layGround(options, lifecycle, (url) =>
    isOnOwnPort(url, own.gateway?.ports() ?? []),
  );
  const { settings, engines, machine, owner } = ground;
  const stopping = Promise.withResolvers<undefined>();
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    stopping.resolve(undefined);
  };
  const gateway = await openGateway(options, lifecycle, ground, () => void stop());
  own.gateway = gateway;
  const { port, origin } = gateway.address();
  void machine.detect().then(() => engines.estimator.open());
  if (options.loadDefaultModel && settings.current().loadAtStart) {
    // A failure is the model's state, shown where the model is.
    engines.manager.load(settings.current().defaultModel).catch(() => {});
  }
  return {
    ...{ port, origin, stop, token: owner.token },
    stopped: stopping.promise,
    settings: () => settings.current(),
    onSettings: (listener) => void settings.onChanged(listener),
    routes: () => gateway.routes(),
    createLoginUrl: () => `${origin}/#code=${gateway.sessions.createCode(owner.personId)}`,
  };
}

/** Whether an address leads to this very runtime. */
function isOnOwnPort(url: string, ports: readonly number[]): boolean {
  const { hostname, port } = new URL(url);
  return isLoopbackHost(hostname) && ports.includes(Number(port));
}

/** Opens the gateway last, when everything that it serves stands. */
async function openGateway(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  shutdown: () => void,
): Promise<Gateway> {
  const { paths } = options;
  const { version, startedAt, owner } = ground;
  const { gateway, conversations } = wire(options, lifecycle, ground, shutdown);
  await conversations.start();
  const { port } = await gateway.start();
  lifecycle.started('gateway', () => gateway.stop({ graceMs: drainMs }));
  lifecycle.started('chats', () => conversations.close());
  const ownerToken = owner.token;
  gateway.wantOllamaPort(ground.settings.current().ollamaPort);
  const stopFollowing = ground.settings.onChanged((settings) => {
    gateway.wantOllamaPort(settings.ollamaPort);
  });
  lifecycle.started('second port', stopFollowing);
  const info = { pid: process.pid, port, version, startedAt, ownerToken };
  await writeRuntimeFile(paths.runtimeFile, info);
  lifecycle.started('runtime file', () => removeRuntimeFile(paths.runtimeFile, ownerToken));
  return gateway;
}

/** Gateway and conversations need each other: chats ask the pipeline, the control API serves chats. */
function wire(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  shutdown: () => void,
): { readonly gateway: Gateway; readonly conversations: Chats } {
  const { files, paths, clock, log, face, outgoing } = options;
  const { version, startedAt, owner, settings, storage } = ground;
  const { engines, library, catalogue, machine, probe } = ground;
  const { register } = outgoing;
  const { discover, fetching } = serveHub(options, lifecycle, ground, (topic, data) => {
    gateway.publish(topic, data);
  });
  const gateway = buildGateway({
    directory: createLocalUpstreams({
      ...{ catalogue, startedAt, library: library.models },
      engines: engines.manager,
      attached: engines.attached,
    }),
    stores: storage.gateway,
    handlers: (services) =>
      createControlHandlers({
        ...{ services, settings, engines, library, catalogue, machine, storage, probe },
        ...{ discover, fetching, register, version, startedAt, face, paths },
        ...{ conversations, log, shutdown, announceModel: changes.model },
      }),
    isAnswered: async (url) => {
      const signal = AbortSignal.timeout(askLimitMs);
      return (await engines.attached.kindOf(url, { signal }).catch(() => undefined)) !== undefined;
    },
    preferences: () => settings.current(),
    rendererFolder: files.rendererFolder,
    port: options.port ?? settings.current().port,
    ...{ version, owner, clock, logger: log.logger },
  });
  const conversations = buildConversations({
    ...{ files, paths, clock, log, storage, catalogue, gateway },
    library: library.models,
  });
  const changes = announceChanges({
    ...{ clock, catalogue, engines, library, machine, register, settings },
    hubStatus: () => discover.status(),
    publish: gateway.publish,
  });
  lifecycle.started('announcements', changes.stop);
  lifecycle.started('observation', watchWhileLookedAt(ground, gateway));
  const isIdle = (): boolean =>
    gateway.runningRequests() === 0 &&
    !library.downloads.list().some(({ state }) => state === 'running' || state === 'verifying');
  const idle = trimWhenIdle({ clock, isIdle, trim: trimMemory });
  gateway.onRequest(idle.worked);
  lifecycle.started('trimming', idle.stop);
  return { gateway, conversations };
}

/** The hub with this machine's view of it, and what takes models from there. */
function serveHub(
  { paths, log, outgoing: { register } }: RuntimeOptions,
  lifecycle: Lifecycle,
  { settings, library, engines, machine, catalogue }: Ground,
  publish: (topic: string, data: unknown) => void,
): { readonly discover: Discover; readonly fetching: FetchModels } {
  const logger = log.logger.child({ component: 'app' });
  const warn = (data: object, sentence: string): void => {
    logger.warn(data, sentence);
  };
  const { discover, fits } = buildDiscover({
    ...{ library, engines, machine, warn },
    publish: (news) => {
      publish('hub.fit', news);
    },
  });
  lifecycle.started('fits', () => {
    fits.dispose();
  });
  const follow = { settings, register, library, engines, fits, warn };
  lifecycle.started('changed settings', followSettings(follow));
  lifecycle.started('taking along', keepTakingAlong(library.models, catalogue, warn));
  const fetching = new FetchModels({
    ...{ library, warn, fits, modelsFolder: paths.modelsFolder },
    limitBytes: () => largestModelBytes(machine),
    settings: () => settings.current(),
  });
  return { discover, fetching };
}

/** Live figures are read, and installed programs are looked for, only while a window is open. */
function watchWhileLookedAt({ machine, engines }: Ground, gateway: Gateway): () => void {
  let stopObserving: (() => void) | undefined;
  const stop = (): void => {
    stopObserving?.();
    stopObserving = undefined;
  };
  const end = gateway.live.onWatched((isWatched) => {
    stop();
    if (!isWatched) return;
    stopObserving = machine.observe();
    void engines.chooser.look();
  });
  return () => {
    end();
    stop();
  };
}

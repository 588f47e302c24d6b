import { join } from 'node:path';
import type { Chats } from '../chats/create-chats.ts';
import type { HubStatus } from '../contract/hub.ts';
import type { ConfigFile } from '../gateway/config/config-file.ts';
import { limitHeapGrowth, trimMemory } from '../platform/heap-memory.ts';
import { announceChanges } from './announce-changes.ts';
import { buildConversations } from './build-conversations.ts';
import { buildGateway } from './build-gateway.ts';
import type { Gateway } from './build-gateway.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import type { RuntimeOptions } from './build-runtime.ts';
import type { Storage } from './build-storage.ts';
import { terminalCommand } from './build-terminal-command.ts';
import { createControlHandlers } from './control/create-handlers.ts';
import { buildDiscover } from './discover/build-discover.ts';
import type { Discover } from './discover/discover.ts';
import type { FailedUpdate } from '../first-aid/checks/leftovers.ts';
import { runningFirstAid } from './first-aid/running.ts';
import { FetchModels } from './fetch-models.ts';
import { largestModelBytes } from './fit-machine.ts';
import { followSettings } from './follow-settings.ts';
import type { Ground } from './lay-ground.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLocalUpstreams } from './local-upstreams.ts';
import { announcePools } from './pool/announce-pools.ts';
import { isPortFree } from '../platform/http/free-port.ts';
import { isOnOwnPort } from './own-address.ts';
import { buildPoolSide } from './pool/build-pool-side.ts';
import type { BuiltPoolSide } from './pool/build-pool-side.ts';
import { machineName } from './pool/machine-facts.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { keepTakingAlong } from './take-along.ts';
import { buildConfig } from './team/build-config.ts';
import { trimWhenIdle } from './trim-when-idle.ts';
import { buildUpdates } from './updates/build-updates.ts';
import type { BuiltUpdates } from './updates/build-updates.ts';

/** Who needs longer to say what it is does not hold a port for others. */
const askLimitMs = 5000;

/** How the window and the command line end this start. Both return before it has ended. */
export interface RuntimeEnd {
  shutdown(): void;
  restart(mode: 'normal' | 'safe'): void;
  /** Puts a backup in place once this start has stopped, then starts anew. */
  restore(backup: string): void;
  /** Another version takes over once this one has stopped. */
  readonly makeWay: () => void;
}

export interface WiredRuntime {
  readonly gateway: Gateway;
  readonly conversations: Chats;
  readonly pools: BuiltPoolSide;
  readonly config: ConfigFile;
  readonly updates: BuiltUpdates;
}

/** Gateway, conversations and pools need each other: chats ask the pipeline, the control API serves all. */
export async function wireRuntime(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  end: RuntimeEnd,
): Promise<WiredRuntime> {
  const { files, paths, clock, log, face, outgoing, surroundings, mode = 'normal' } = options;
  const { version, startedAt, owner, settings, storage } = ground;
  const { engines, library, catalogue, machine } = ground;
  const { register } = outgoing;
  const built: Built = {};
  const { discover, fetching } = serveHub(options, lifecycle, ground, (topic, data) => {
    built.gateway?.publish(topic, data);
  });
  const pools = await poolSide(options, lifecycle, ground, { built, fetching });
  const gateway = await buildGateway({
    directory: localUpstreams(ground, pools),
    stores: storesOf(storage),
    pool: pools.side,
    outside: {
      http: outgoing.client('provider'),
      pictures: outgoing.publicClient('picture'),
      secrets: ground.secrets,
      ...{ outgoing, environment: surroundings.env },
      isOwnAddress: (url) => isOnOwnPort(url, built.gateway?.ports() ?? []),
    },
    handlers: (services) =>
      createControlHandlers({
        ...{ services, settings, engines, library, catalogue, machine, storage },
        ...{ discover, fetching, register, version, startedAt, face, paths, pools },
        ...{ conversations, log, end, mode, clock, announceModel: changes.model },
        config: () => config,
        updater: () => updates.updater,
        command: terminalCommand(options),
        firstAid: runningFirstAid({
          ...{ options, ground, services, pools, end, config: () => config },
          failedUpdate: () => failedUpdateOf(updates),
        }),
      }),
    isAnswered: (url) => isAnswered(url, engines),
    preferences: () => settings.current(),
    spoolFolder: join(paths.dataFolder, 'spool'),
    port: await portFor(options, settings),
    ...{ version, owner, clock, logger: log.logger, rendererFolder: files.rendererFolder },
  });
  built.gateway = gateway;
  const config = await openConfig(options, lifecycle, settings, gateway);
  const conversations = buildConversations({
    ...{ files, paths, clock, log, storage, catalogue, gateway },
    library: library.models,
  });
  const changes = watchChanges(options, ground, { gateway, hubStatus: () => discover.status() });
  lifecycle.started('announcements', changes.stop);
  lifecycle.started('providers', recheckProviders(ground, gateway));
  lifecycle.started('pool announcements', announcePools({ gateway, pools }));
  lifecycle.started('observation', watchWhileLookedAt(ground, gateway));
  lifecycle.started('trimming', leaveMemoryToModels(options, ground, gateway));
  const updates = buildUpdates({ options, ground, gateway, pools, end }, lifecycle);
  return { gateway, conversations, pools, config, updates };
}

function localUpstreams(
  { catalogue, startedAt, library, engines, settings }: Ground,
  pools: BuiltPoolSide,
): ReturnType<typeof createLocalUpstreams> {
  return createLocalUpstreams({
    ...{ catalogue, startedAt, library: library.models },
    engines: engines.manager,
    attached: engines.attached,
    shareable: pools.node.engines,
    machineName: () => machineName(settings),
  });
}

function failedUpdateOf({ updater }: BuiltUpdates): FailedUpdate | undefined {
  const { failure } = updater.status();
  return failure && { version: failure.version, reason: failure.error.message };
}

/** A trial never takes the port of the one that serves; safe mode gives way to whoever has it. */
async function portFor(
  { port, mode = 'normal' }: RuntimeOptions,
  settings: SettingsStore,
): Promise<number> {
  if (port !== undefined) return port;
  if (mode === 'trial') return 0;
  const wanted = settings.current().port;
  return mode === 'normal' || (await isPortFree(wanted)) ? wanted : 0;
}

/** Whether a server of models answers at an address: its port is taken from nobody. */
async function isAnswered(url: string, { attached }: Ground['engines']): Promise<boolean> {
  const signal = AbortSignal.timeout(askLimitMs);
  return (await attached.kindOf(url, { signal }).catch(() => undefined)) !== undefined;
}

/** Providers are asked anew as soon as they may be reached again. */
function recheckProviders({ settings }: Ground, { providers }: Gateway): () => void {
  let wasLocalOnly = settings.current().localOnly;
  return settings.onChanged(({ localOnly }) => {
    if (wasLocalOnly && !localOnly) void providers.recheck();
    wasLocalOnly = localOnly;
  });
}

function storesOf({ gateway, people, audit, alerts, nodes }: Storage): GatewayDeps['stores'] {
  return { ...gateway, people, audit, alerts, nodes };
}

/** What the config file says is in force before the first request. */
async function openConfig(
  { paths, surroundings, configFile, clock, log, mode }: RuntimeOptions,
  lifecycle: Lifecycle,
  settings: SettingsStore,
  services: Gateway,
): Promise<ConfigFile> {
  const place = { paths, env: surroundings.env, named: configFile };
  const config = buildConfig({ place, settings, services, clock, logger: log.logger });
  lifecycle.started('config file', () => {
    config.stop();
  });
  if (mode !== 'safe') await config.start();
  return config;
}

/** Known once it is built; those who need each other ask here. */
interface Built {
  gateway?: Gateway;
}

function poolSide(
  {
    clock,
    log,
    outgoing,
    surroundings,
    isPoolServer = false,
    pool,
    mode = 'normal',
  }: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  { built, fetching }: { readonly built: Built; readonly fetching: FetchModels },
): Promise<BuiltPoolSide> {
  const gateway = (): Gateway => {
    if (built.gateway === undefined) throw new Error('the gateway is not built yet');
    return built.gateway;
  };
  return buildPoolSide(
    {
      ...{ ground, clock, gateway },
      register: outgoing.register,
      logger: log.logger,
      fetching: () => fetching,
      people: () => built.gateway?.people,
      relayed: () => built.gateway?.relayed,
      http: outgoing.client('pool'),
      environment: surroundings.env,
      isHeadless: isPoolServer,
      mode,
      pool,
    },
    lifecycle,
  );
}

function watchChanges(
  { clock, outgoing: { register } }: RuntimeOptions,
  { catalogue, engines, library, machine, settings }: Ground,
  about: { readonly gateway: Gateway; readonly hubStatus: () => Promise<HubStatus> },
) {
  return announceChanges({
    ...{ clock, catalogue, engines, library, machine, register, settings },
    hubStatus: about.hubStatus,
    publish: about.gateway.publish,
  });
}

function leaveMemoryToModels(
  { clock }: RuntimeOptions,
  { library }: Ground,
  gateway: Gateway,
): () => void {
  limitHeapGrowth();
  const isIdle = (): boolean =>
    gateway.runningRequests() === 0 &&
    !library.downloads.list().some(({ state }) => state === 'running' || state === 'verifying');
  const idle = trimWhenIdle({ clock, isIdle, trim: trimMemory });
  gateway.onRequest(idle.worked);
  return idle.stop;
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

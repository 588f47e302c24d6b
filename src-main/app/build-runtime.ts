import type { Settings } from '../contract/settings.ts';
import type { StartMode } from '../contract/system.ts';
import { MillpondError } from '../core/error.ts';
import type { Clock } from '../core/clock.ts';
import type { OnResume } from '../hardware/ports.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import type { Installation } from '../platform/installation.ts';
import type { Log } from '../platform/logger.ts';
import type { DataPaths, Surroundings } from '../platform/paths.ts';
import type { ProcessLauncher } from '../platform/process-launcher.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { removeRuntimeFile, writeRuntimeFile } from '../platform/runtime-file.ts';
import { restore } from './backup.ts';
import type { Gateway } from './build-gateway.ts';
import { startBegins, startSucceeded } from './first-aid/start-record.ts';
import { layGround } from './lay-ground.ts';
import type { Ground } from './lay-ground.ts';
import { Lifecycle } from './lifecycle.ts';
import { isOnOwnPort } from './own-address.ts';
import type { PairFiles } from '../platform/tls/certificate-pair.ts';
import type { ProxyWish } from './pool/proxy-listen.ts';
import { wireRuntime } from './wire-runtime.ts';
import type { RuntimeEnd, WiredRuntime } from './wire-runtime.ts';

/** A gateway on a server: its first pool, its public port, and what stands in front of that. */
export interface PoolServerOptions {
  readonly name?: string;
  /** In place of the settings'. */
  readonly port?: number;
  readonly proxy?: ProxyWish;
  /** In place of the settings'. */
  readonly certificate?: PairFiles;
}

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
  /** `normal` if absent. */
  readonly mode?: StartMode;
  /** Absent: the settings' port. 0 picks a free one. */
  readonly port?: number;
  readonly loadDefaultModel: boolean;
  /** What an update replaces; found out if absent. */
  readonly installation?: Installation;
  /** The config file; absent: `MILLPOND_CONFIG`, else `millpond.yaml` in the data folder. */
  readonly configFile?: string;
  /** A gateway on a server: its public port is open from the start, also for its set-up. */
  readonly isPoolServer?: boolean;
  readonly pool?: PoolServerOptions;
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
  /** What the public port's set-up asks for; undefined once that is done, and without one. */
  setUpCode(): string | undefined;
  /** Looks at the config file now. Never rejects because of what stands in it. */
  reloadConfig(): Promise<void>;
  /** The plain port for a reverse proxy; undefined without one. */
  proxyPort(): number | undefined;
  /** Every address that it answers, for those who check what strangers may reach. */
  routes(): readonly { readonly method: string; readonly url: string }[];
  /** How it is to be started anew once it has stopped; undefined for an end. */
  restartWish(): RestartWish | undefined;
  /** Resolves when everything has stopped. */
  readonly stopped: Promise<void>;
  /** Lets running answers finish for a moment, then stops. Never rejects. */
  stop(): Promise<void>;
}

/** A trial of an update is begun by the update alone. */
export type RestartMode = Exclude<StartMode, 'trial'>;

/** `replaced`: by the program that lies in this one's place by then, usually another version. */
export type RestartWish = RestartMode | 'replaced';

const drainMs = 5000;

/**
 * Starts a runtime. Rejects with one sentence when the data folder is in use, unreadable or full, or
 * the port is taken; whatever had started by then is stopped again.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const lifecycle = new Lifecycle(options.log.logger);
  const record = recordOf(options);
  record.begins();
  try {
    return await start(options, lifecycle, record);
  } catch (error) {
    // It ends with a sentence, which is no crash.
    record.succeeded();
    await lifecycle.stop();
    throw error;
  }
}

/** Commands that carry a runtime for a moment, safe mode and trials do not count. */
function recordOf({ paths, loadDefaultModel, mode = 'normal' }: RuntimeOptions) {
  const counts = loadDefaultModel && mode === 'normal';
  return {
    begins() {
      if (counts) startBegins(paths);
    },
    succeeded() {
      if (counts) startSucceeded(paths);
    },
  };
}

async function start(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  record: ReturnType<typeof recordOf>,
): Promise<Runtime> {
  // Known once the gateway stands; nobody can add an attached server before.
  const own: { gateway?: Gateway } = {};
  const ground = await layGround(options, lifecycle, (url) =>
    isOnOwnPort(url, own.gateway?.ports() ?? []),
  );
  const { settings, engines, machine, owner } = ground;
  const stopping = Promise.withResolvers<undefined>();
  const wish: { mode?: RestartWish; carryOut?: () => Promise<void>; backup?: string } = {};
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    await wish.carryOut?.();
    if (wish.backup !== undefined) putBack(options, wish.backup);
    stopping.resolve(undefined);
  };
  const end: RuntimeEnd = {
    shutdown: () => void stop(),
    restart(mode) {
      wish.mode = mode;
      void stop();
    },
    restore(backup) {
      wish.backup = backup;
      end.restart('normal');
    },
    makeWay() {
      wish.mode = 'replaced';
      void stop();
    },
  };
  const { gateway, config, updates } = await openGateway(options, lifecycle, ground, end);
  own.gateway = gateway;
  wish.carryOut = updates.carryOut;
  const { port, origin } = gateway.address();
  void machine.detect().then(() => engines.estimator.open());
  loadAtStart(options, ground, record);
  return {
    ...{ port, origin, stop, token: owner.token },
    stopped: stopping.promise,
    restartWish: () => wish.mode,
    settings: () => settings.current(),
    onSettings: (listener) => void settings.onChanged(listener),
    setUpCode: () => gateway.signIn.setUpCode(),
    reloadConfig: () => config.reload(),
    proxyPort: () => gateway.door.proxyPort,
    routes: () => gateway.routes(),
    createLoginUrl: () => `${origin}/#code=${gateway.sessions.createCode(owner.personId)}`,
  };
}

/** A failure is the model's state, shown where the model is; a crash of its engine is one of this start. */
function loadAtStart(
  { loadDefaultModel }: RuntimeOptions,
  { settings, engines }: Ground,
  record: ReturnType<typeof recordOf>,
): void {
  const { loadAtStart: isWanted, defaultModel } = settings.current();
  if (!loadDefaultModel || !isWanted) {
    record.succeeded();
    return;
  }
  engines.manager.load(defaultModel).then(
    () => {
      record.succeeded();
    },
    (error: unknown) => {
      if (MillpondError.from(error).code !== 'engine-crashed') record.succeeded();
    },
  );
}

/** It was checked before; whatever goes wrong now leaves everything as it was. */
function putBack({ paths, clock, log }: RuntimeOptions, backup: string): void {
  try {
    restore(paths, backup, clock.now());
  } catch (error) {
    log.logger.error({ err: error }, 'a backup was not put back');
  }
}

/** Opens the gateway last, when everything that it serves stands. */
async function openGateway(
  options: RuntimeOptions,
  lifecycle: Lifecycle,
  ground: Ground,
  end: RuntimeEnd,
): Promise<Pick<WiredRuntime, 'gateway' | 'config' | 'updates'>> {
  const { paths } = options;
  const { version, startedAt, owner } = ground;
  const wired = await wireRuntime(options, lifecycle, ground, end);
  const { gateway, conversations, pools, config, updates } = wired;
  await conversations.start();
  const { port } = await gateway.start();
  lifecycle.started('gateway', () => gateway.stop({ graceMs: drainMs }));
  lifecycle.started('chats', () => conversations.close());
  await pools.start();
  const ownerToken = owner.token;
  gateway.wantOllamaPort(ground.settings.current().ollamaPort);
  const stopFollowing = ground.settings.onChanged((settings) => {
    gateway.wantOllamaPort(settings.ollamaPort);
  });
  lifecycle.started('second port', stopFollowing);
  const info = { pid: process.pid, port, version, startedAt, ownerToken };
  await writeRuntimeFile(paths.runtimeFile, info);
  lifecycle.started('runtime file', () => removeRuntimeFile(paths.runtimeFile, ownerToken));
  return { gateway, config, updates };
}

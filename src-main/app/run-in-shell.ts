import { homedir } from 'node:os';
import type { Settings } from '../contract/settings.ts';
import { MillpondError } from '../core/error.ts';
import { readBodyText } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import { createOutgoing } from '../platform/http/outgoing.ts';
import { findInstallation } from '../platform/installation.ts';
import { createLog } from '../platform/logger.ts';
import type { Log } from '../platform/logger.ts';
import { dataPaths } from '../platform/paths.ts';
import type { DataPaths } from '../platform/paths.ts';
import type { ProgramFiles } from '../platform/program-files.ts';
import { createShellLauncher } from '../platform/shell-launcher.ts';
import type { FromRuntime, ParentPort, ToRuntime } from '../platform/shell-protocol.ts';
import { systemClock } from '../platform/system-clock.ts';
import { startRuntime } from './build-runtime.ts';
import type { Runtime, RuntimeOptions } from './build-runtime.ts';
import { readCrashedStarts } from './first-aid/start-record.ts';
import { createOwnUpdates } from './updates/own-updates.ts';
import { findRuntime } from './find-runtime.ts';
import type { FoundRuntime } from './find-runtime.ts';

/** A runtime as the shell sees it: its own, or one that was serving the data folder already. */
interface Served {
  createLoginUrl(): Promise<string> | string;
  stop(): Promise<void>;
}

type LoginRequest = Extract<ToRuntime, { type: 'request-login' }>;

/** How the shell wants it started. */
interface ShellStart {
  readonly mode: 'normal' | 'safe';
  /** A person wants it although starts before have crashed. */
  readonly isWarned: boolean;
}

/** Runs the runtime for an Electron shell, or leads the shell to the one that already runs. */
export function runInShell(
  port: ParentPort,
  files: ProgramFiles,
  { mode, isWarned }: ShellStart,
): void {
  const send = (message: FromRuntime): void => {
    port.postMessage(message);
  };
  const launcher = createShellLauncher({ send });
  const surroundings = { platform: process.platform, env: process.env, homeFolder: homedir() };
  const paths = dataPaths(surroundings);
  const outgoing = createOutgoing(systemClock);
  const http = outgoing.client('runtime');
  const log = createLog({ folder: paths.logsFolder });
  const resume = createSignal();
  const options: RuntimeOptions = {
    ...{ files, paths, surroundings, launcher, outgoing, log, mode },
    clock: systemClock,
    face: 'desktop',
    onResume: resume.listen,
    loadDefaultModel: true,
  };
  const serving = serve();

  port.on('message', ({ data, ports }) => {
    const message = data as ToRuntime; // The shell is our own code of the same build.
    launcher.accept(message, ports);
    if (message.type === 'request-login') void serving.then((served) => login(served, message));
    else if (message.type === 'resumed') resume.tell();
    else if (message.type === 'stop') void serving.then(leave);
  });

  async function serve(): Promise<Served | undefined> {
    try {
      if (await isReplacedByNow(files, paths, log)) {
        send({ type: 'replaced' });
        process.exit(0);
      }
      if (mode === 'normal' && !isWarned) leaveAfterCrashes(paths, send);
      const running = await findRuntime(paths, http);
      const served = running ? attachedTo(http, running) : await startOwn(options, send);
      const loginUrl = await served.createLoginUrl();
      send({ type: 'ready', loginUrl, isOwn: !running });
      return served;
    } catch (error) {
      send({ type: 'failed', message: MillpondError.from(error).message });
      process.exit(1);
    }
  }

  async function login(served: Served | undefined, { requestId }: LoginRequest): Promise<void> {
    if (served) send({ type: 'login', requestId, loginUrl: await served.createLoginUrl() });
  }

  async function leave(served: Served | undefined): Promise<void> {
    await served?.stop();
    process.exit(0);
  }
}

async function startOwn(
  options: RuntimeOptions,
  send: (message: FromRuntime) => void,
): Promise<Runtime> {
  const runtime = await startRuntime(options);
  tellPreferences(runtime, send);
  void runtime.stopped.then(() => {
    tellWish(runtime, send);
    process.exit(0);
  });
  return runtime;
}

function tellWish(runtime: Runtime, send: (message: FromRuntime) => void): void {
  const wish = runtime.restartWish();
  if (wish === 'replaced') send({ type: 'replaced' });
  else if (wish !== undefined) send({ type: 'restart', mode: wish });
}

/** Whoever starts it a third time chooses whether it is to be in safe mode. */
function leaveAfterCrashes(paths: DataPaths, send: (message: FromRuntime) => void): void {
  const count = readCrashedStarts(paths);
  if (count < 2) return;
  send({ type: 'crashed-before', count });
  process.exit(0);
}

function tellPreferences(runtime: Runtime, send: (message: FromRuntime) => void): void {
  const tell = ({ closeToTray, startAtLogin, language }: Settings): void => {
    send({ type: 'preferences', preferences: { closeToTray, startAtLogin, language } });
  };
  tell(runtime.settings());
  runtime.onSettings(tell);
}

/** An update that was cut off is mended before anything looks at the data. */
async function isReplacedByNow(files: ProgramFiles, paths: DataPaths, log: Log): Promise<boolean> {
  const { entryFolder } = files;
  const updates = createOwnUpdates({
    ...{ paths, entryFolder, installation: findInstallation(entryFolder, process.env) },
    logger: () => log.logger,
  });
  return (await updates.recover()).isReplaced;
}

/** Something that happens without saying more. */
function createSignal() {
  const listeners = new Set<() => void>();
  return {
    tell: (): void => {
      for (const listener of listeners) listener();
    },
    listen: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function attachedTo(http: HttpClient, { origin, token }: FoundRuntime): Served {
  return {
    async createLoginUrl() {
      const response = await http.request({
        method: 'POST',
        url: `${origin}/control/session/codes`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
      const answer = JSON.parse(await readBodyText(response)) as { readonly code: string };
      return `${origin}/#code=${answer.code}`;
    },
    stop: async () => {},
  };
}

import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../contract/settings.ts';
import type { StartMode } from '../../contract/system.ts';
import type { UpdateStatus } from '../../contract/updates.ts';
import { freeBytesAt, requireSpace } from '../../models/download/disk-space.ts';
import { FileHasher } from '../../models/hashing/file-hasher.ts';
import { findInstallation } from '../../platform/installation.ts';
import { createProgramLauncher } from '../../platform/program-launcher.ts';
import type { DataPaths } from '../../platform/paths.ts';
import { entryFile } from '../../platform/program-files.ts';
import { readRuntimeFile } from '../../platform/runtime-file.ts';
import { FeedWatch } from '../../updates/feed-watch.ts';
import { tryVersion } from '../../updates/trial.ts';
import { removeStage } from '../../updates/stage-folder.ts';
import { UpdateStateFile } from '../../updates/update-state.ts';
import { updateFiles } from '../../updates/update-files.ts';
import { Updater } from '../../updates/updater.ts';
import type { SwitchWish, UpdaterDeps } from '../../updates/updater-deps.ts';
import { backUp } from '../backup.ts';
import type { Gateway } from '../build-gateway.ts';
import type { RuntimeOptions } from '../build-runtime.ts';
import type { Ground } from '../lay-ground.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { BuiltPoolSide } from '../pool/build-pool-side.ts';
import type { RuntimeEnd } from '../wire-runtime.ts';
import { backupFileFor, carryOut, updatesFolder } from './carry-out.ts';
import { createPackageFetcher } from './package-fetcher.ts';
import { commandRunner, programStarter } from './run-command.ts';
import { runningWork } from './running-work.ts';
import { copyForTrial, requireRoomForData } from './trial-data.ts';
import { updateSourceOf } from './update-source.ts';

interface UpdatesDeps {
  readonly options: RuntimeOptions;
  readonly ground: Ground;
  readonly gateway: Gateway;
  readonly pools: BuiltPoolSide;
  /** Stops this runtime; `carryOut` is called when it has stopped. */
  readonly end: Pick<RuntimeEnd, 'makeWay'>;
}

/** Newer versions of this program, as far as the runtime deals with them. */
export interface BuiltUpdates {
  readonly updater: Updater;
  /** To be called when everything else has stopped. Never rejects. */
  readonly carryOut: () => Promise<void>;
}

/** An archive takes about three times its size once it is unpacked. */
const unpackedPerByte = 3;

export function buildUpdates(deps: UpdatesDeps, lifecycle: Lifecycle): BuiltUpdates {
  const { options, ground, gateway, pools, end } = deps;
  const { files, paths, surroundings, outgoing, clock, mode = 'normal' } = options;
  const { settings } = ground;
  const log = options.log.logger.child({ component: 'updates' });
  const installation =
    options.installation ?? findInstallation(files.entryFolder, surroundings.env);
  const folder = updatesFolder(paths);
  const state = new UpdateStateFile(updateFiles(folder).state);
  const source = updateSourceOf(files);
  const run = commandRunner(createProgramLauncher());
  let wish: SwitchWish | undefined;
  const refused = () => refusalBy(mode, settings.current());
  const publish = (status: UpdateStatus): void => {
    gateway.publish('updates.changed', status);
  };
  const tell = (): void => {
    publish(updater.status());
  };
  const watch = new FeedWatch({
    ...{ source, folder, state, clock, log },
    http: outgoing.client('update'),
    random: () => randomInt(2 ** 32) / 2 ** 32,
    mayLook: () => refused() === undefined,
    onChanged: tell,
  });
  const updater: Updater = new Updater({
    ...{ installation, source, folder, state, watch, run, clock, log, refused },
    work: runningWork(gateway, pools),
    fetcher: fetcherFor(options, ground, lifecycle),
    tryOut: (command, trial) => tryVersion(command, trialDeps(options, ground), trial),
    room: roomOnDisks(paths),
    backUpFor: (to) => {
      const file = backupFileFor(paths, to, clock.now());
      backUp(paths, file);
      return Promise.resolve(file);
    },
    stopFor(wanted) {
      wish = wanted;
      end.makeWay();
    },
    onChanged: publish,
  });
  if (source !== undefined && installation.root !== '' && mode === 'normal') watch.start();
  lifecycle.started('settings for updates', settings.onChanged(tell));
  lifecycle.started('updates', () => updater.dispose());
  // What a kill has left: nothing of it is taken up again but the download.
  removeStage(folder);
  rmSync(updateFiles(folder).trial, { recursive: true, force: true });
  return {
    updater,
    async carryOut() {
      if (wish === undefined) return;
      await carryOut(wish, { paths, installation, state, run, log, now: () => clock.now() });
    },
  };
}

/** What the start's kind and the owner's settings do not allow. */
function refusalBy(mode: StartMode, { localOnly, lookForUpdates }: Settings) {
  if (mode !== 'normal') return 'safe-mode' as const;
  if (localOnly) return 'local-only' as const;
  return lookForUpdates ? undefined : ('by-choice' as const);
}

function roomOnDisks(paths: DataPaths): UpdaterDeps['room'] {
  return {
    forData: () => requireRoomForData(paths),
    async toUnpack(packageBytes, below) {
      const missingBytes = packageBytes * unpackedPerByte;
      requireSpace({ name: 'The unpacked update', missingBytes }, await freeBytesAt(below));
    },
  };
}

function fetcherFor(options: RuntimeOptions, { settings }: Ground, lifecycle: Lifecycle) {
  const { files, paths, outgoing, clock } = options;
  const hasher = new FileHasher({ workerFile: entryFile(files, 'hash-worker'), clock });
  lifecycle.started('hashing of updates', () => hasher.dispose());
  return createPackageFetcher({
    folder: updateFiles(updatesFolder(paths)).packages,
    http: outgoing.client('update'),
    random: () => randomInt(2 ** 32) / 2 ** 32,
    bytesPerSecond: () => settings.current().downloadBytesPerSecond,
    log: options.log.logger.child({ component: 'updates' }),
    ...{ hasher, clock },
  });
}

function trialDeps({ paths, outgoing, clock }: RuntimeOptions, ground: Ground) {
  const { storage, catalogue, settings } = ground;
  return {
    start: programStarter(createProgramLauncher()),
    http: outgoing.client('runtime'),
    clock,
    prepare: () =>
      copyForTrial({
        paths,
        folder: updateFiles(updatesFolder(paths)).trial,
        database: storage.database,
        models: () => catalogue.list(),
        defaultModel: () => settings.current().defaultModel,
      }),
    ownerToken: async (folder: string) =>
      (await readRuntimeFile(join(folder, 'runtime.json')))?.ownerToken,
  };
}

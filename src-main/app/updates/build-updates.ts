import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { UpdateStatus } from '../../contract/updates.ts';
import { freeBytesAt, requireSpace } from '../../models/download/disk-space.ts';
import { FileHasher } from '../../models/hashing/file-hasher.ts';
import { findInstallation } from '../../platform/installation.ts';
import { createProgramLauncher } from '../../platform/program-launcher.ts';
import { entryFile } from '../../platform/program-files.ts';
import { readRuntimeFile } from '../../platform/runtime-file.ts';
import { FeedWatch } from '../../updates/feed-watch.ts';
import type { RunningWork } from '../../updates/ports.ts';
import { tryVersion } from '../../updates/trial.ts';
import { removeStage } from '../../updates/stage-folder.ts';
import { UpdateStateFile } from '../../updates/update-state.ts';
import { updateFiles, Updater } from '../../updates/updater.ts';
import type { SwitchWish } from '../../updates/updater.ts';
import { backUp } from '../backup.ts';
import type { RuntimeOptions } from '../build-runtime.ts';
import type { Ground } from '../lay-ground.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { backupFileFor, carryOut, updatesFolder } from './carry-out.ts';
import { createPackageFetcher } from './package-fetcher.ts';
import { commandRunner, programStarter } from './run-command.ts';
import { copyForTrial, requireRoomForData } from './trial-data.ts';
import { updateSourceOf } from './update-source.ts';

interface UpdatesDeps {
  readonly options: RuntimeOptions;
  readonly ground: Ground;
  readonly work: RunningWork;
  readonly publish: (status: UpdateStatus) => void;
  /** Stops this runtime; `carryOut` is called when it has stopped. */
  readonly stop: () => void;
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
  const { options, ground, work, publish } = deps;
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
  const refused = () => {
    if (mode !== 'normal') return 'safe-mode' as const;
    if (settings.current().localOnly) return 'local-only' as const;
    return settings.current().lookForUpdates ? undefined : ('by-choice' as const);
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
    ...{ installation, source, folder, state, watch, run, work, clock, log, refused },
    fetcher: fetcherFor(options, ground, lifecycle),
    tryOut: (command, trial) => tryVersion(command, trialDeps(options, ground), trial),
    room: {
      forData: () => requireRoomForData(paths),
      toUnpack: async (packageBytes, below) => {
        const missingBytes = packageBytes * unpackedPerByte;
        requireSpace({ name: 'The unpacked update', missingBytes }, await freeBytesAt(below));
      },
    },
    backUpFor: (to) => {
      const file = backupFileFor(paths, to, clock.now());
      mkdirSync(join(paths.dataFolder, 'backups'), { recursive: true, mode: 0o700 });
      backUp(paths, file);
      return Promise.resolve(file);
    },
    stopFor(wanted) {
      wish = wanted;
      deps.stop();
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

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { acquireInstanceLock } from '../../platform/instance-lock.ts';
import type { Installation } from '../../platform/installation.ts';
import type { DataPaths } from '../../platform/paths.ts';
import type { RunCommand, UpdateLog, VersionedData } from '../../updates/ports.ts';
import { removeStage } from '../../updates/stage-folder.ts';
import type { SwitchEntry } from '../../updates/switch-journal.ts';
import { finishSwitch, switchOver } from '../../updates/switch-over.ts';
import { installCommand, isSystemPackage, withRights } from '../../updates/system-package.ts';
import type { UpdateState, UpdateStateFile } from '../../updates/update-state.ts';
import { updateFiles } from '../../updates/update-files.ts';
import type { SwitchWish } from '../../updates/updater-deps.ts';
import { swapAfterEnd } from '../../updates/windows-swap.ts';
import { backUp, restore } from '../backup.ts';

export interface CarryOutDeps {
  readonly paths: DataPaths;
  readonly installation: Installation;
  readonly state: UpdateStateFile;
  readonly run: RunCommand;
  readonly now: () => number;
  readonly log: UpdateLog;
}

export function updatesFolder({ dataFolder }: Pick<DataPaths, 'dataFolder'>): string {
  return join(dataFolder, 'updates');
}

/**
 * Replaces the program, and on the way back its data. For a process whose runtime has stopped. Never
 * rejects: whatever happens is kept in the state, and one of the two versions is in its place.
 */
export async function carryOut(wish: SwitchWish, deps: CarryOutDeps): Promise<void> {
  const { installation, state, now, log } = deps;
  const version = wish.kind === 'update' ? wish.to : (state.current.earlier?.version ?? '');
  try {
    if (wish.kind === 'update') await update(wish, deps);
    else await goBack(wish, deps);
    log.info({ from: installation.version, to: version }, 'program replaced');
  } catch (thrown) {
    const { code, message, reason } = MillpondError.from(thrown);
    log.warn({ err: thrown, version }, 'program not replaced');
    const error = { code, message, ...(reason !== undefined && { reason }) };
    const step = wish.kind === 'update' ? ('switch' as const) : ('back' as const);
    await keep(deps, { failure: { version, at: now(), step, error, output: [] } });
  } finally {
    // On Windows a script takes it from there once this process has ended.
    if (wish.kind === 'update' && installation.platform !== 'win32')
      removeStage(updatesFolder(deps.paths));
  }
}

async function update(
  { to, packageFile, unpacked }: Extract<SwitchWish, { kind: 'update' }>,
  deps: CarryOutDeps,
): Promise<void> {
  const { installation, paths, now } = deps;
  const { version: from, kind, root, platform } = installation;
  const lock = acquireInstanceLock(paths.lockFile);
  if (lock === undefined) throw takenMeanwhile();
  let backup: string | undefined;
  try {
    backup = backupFileFor(paths, to, now());
    backUp(paths, backup);
    const awaited = { kind: 'update' as const, from, to, backup };
    if (isSystemPackage(kind)) {
      await deps.state.change({ awaited });
      await install(installCommand(kind, packageFile), deps);
      return;
    }
    const staged = unpacked.replacement;
    if (staged === undefined) throw new Error(`a ${kind} was unpacked without a replacement`);
    if (platform === 'win32') {
      await deps.state.change({ awaited });
      swapAfterEnd({ root, staged, kept: keptBeside(root), folder: updatesFolder(paths) });
      return;
    }
    const plan: SwitchEntry = {
      ...{ version: 1, kind: 'update', from, to, at: now(), root, staged, backup },
      ...{ kept: keptBeside(root), stage: unpacked.stage, isDataOwed: false },
    };
    switchOver(plan, switchDeps(deps));
    await settle(plan, deps);
  } catch (error) {
    if (backup !== undefined) rmSync(backup, { force: true });
    await keep(deps, { awaited: undefined });
    throw error;
  } finally {
    lock.release();
  }
}

async function goBack(
  { packageFile }: Extract<SwitchWish, { kind: 'back' }>,
  deps: CarryOutDeps,
): Promise<void> {
  const { installation, state, paths, now } = deps;
  const { earlier } = state.current;
  if (earlier === undefined) throw new MillpondError('not-found', 'There is nothing to go back to');
  const { version: from, kind, root } = installation;
  if (isSystemPackage(kind)) {
    await install(installCommand(kind, packageFile ?? ''), deps);
    const folder = restore(paths, earlier.backup, now());
    await settleBack({ from, folder }, deps);
    return;
  }
  if (earlier.program === undefined || !existsSync(earlier.program)) {
    throw new MillpondError(
      'not-found',
      `The program of ${earlier.version} is not kept here any more; install it, then run \`millpond restore ${earlier.backup}\` with it`,
    );
  }
  const plan: SwitchEntry = {
    ...{ version: 1, kind: 'back', from, to: earlier.version, at: now(), root },
    ...{ staged: earlier.program, kept: `${root}.newer`, backup: earlier.backup },
    isDataOwed: true,
  };
  const put: { folder?: string | undefined } = {};
  switchOver(plan, switchDeps(deps, put));
  await settleBack({ from, folder: put.folder }, deps);
}

/** What a start does first: see `finishSwitch`. Answers whether another program is in place now. */
export async function recoverUpdate(deps: CarryOutDeps): Promise<{ isReplaced: boolean }> {
  const { paths, installation, state, now } = deps;
  const lock = acquireInstanceLock(paths.lockFile);
  // Whoever holds it may be replacing the program right now.
  if (lock === undefined) return { isReplaced: false };
  lock.release();
  await noticeInstalled(deps);
  const { result, entry } = finishSwitch(switchDeps(deps));
  if (entry === undefined) return { isReplaced: false };
  if (result === 'undone') {
    rmSync(entry.backup, { force: true });
    const error = { code: 'unavailable' as const, message: cutOff(entry.to) };
    await state.change({
      failure: { version: entry.to, at: now(), step: 'switch', error, output: [] },
    });
  } else if (entry.kind === 'update') await settle(entry, deps);
  else await settleBack({ from: entry.from, folder: entry.setAside }, deps);
  const inPlace = result === 'finished' ? entry.to : entry.from;
  return { isReplaced: inPlace !== installation.version || entry.root !== installation.root };
}

/** Somebody else was to install it: whoever starts now is what came of it. */
async function noticeInstalled({ state, installation, now }: CarryOutDeps): Promise<void> {
  const { awaited } = state.current;
  if (awaited === undefined) return;
  if (installation.version === awaited.to) {
    const earlier = { version: awaited.from, replacedAt: now(), backup: awaited.backup };
    await state.change({ awaited: undefined, failure: undefined, earlier });
  } else if (installation.version !== awaited.from) {
    // Another version came by another way: this one is not wanted any more.
    await state.change({ awaited: undefined });
  } else if (awaited.command === undefined) {
    const error = { code: 'unavailable' as const, message: cutOff(awaited.to) };
    const failure = { version: awaited.to, at: now(), step: 'switch' as const, error, output: [] };
    await state.change({ awaited: undefined, failure });
  }
}

/** The new version is in its place. */
async function settle(plan: SwitchEntry, deps: CarryOutDeps): Promise<void> {
  const before = deps.state.current.earlier;
  await keep(deps, {
    ...{ failure: undefined, putOff: undefined, setAside: undefined },
    earlier: { version: plan.from, replacedAt: plan.at, backup: plan.backup, program: plan.kept },
  });
  // The one of the update before belongs to a version that is gone.
  if (before !== undefined && before.backup !== plan.backup) rmSync(before.backup, { force: true });
  discardQuietly(updateFiles(updatesFolder(deps.paths)).packages);
}

/** The earlier version is in its place, with its data. */
async function settleBack(
  { from, folder }: { readonly from: string; readonly folder: string | undefined },
  deps: CarryOutDeps,
): Promise<void> {
  const backup = deps.state.current.earlier?.backup;
  await keep(deps, {
    ...{ earlier: undefined, failure: undefined, putOff: from },
    setAside: folder === undefined ? undefined : { version: from, folder, at: deps.now() },
  });
  // It is what the data folder holds now.
  if (backup !== undefined) rmSync(backup, { force: true });
}

async function install(command: readonly string[], { run }: CarryOutDeps): Promise<void> {
  const [program = '', ...args] = withRights(command);
  const { code, output } = await run(program, args, { signal: new AbortController().signal });
  if (code === 0) return;
  const said = output.at(-1) ?? 'nothing';
  throw new MillpondError(
    'unavailable',
    `The system did not install the package (${program} said “${said}”); try it by hand: sudo ${command.join(' ')}`,
  );
}

function switchDeps({ paths, now }: CarryOutDeps, put: { folder?: string | undefined } = {}) {
  const data: VersionedData = {
    restore: (file) => (put.folder = restore(paths, file, now())),
  };
  return { data, journalFile: updateFiles(updatesFolder(paths)).journal };
}

/** A full disk must not turn what happened into a crash; the next start finds out by itself. */
async function keep(
  { state, log }: CarryOutDeps,
  change: { readonly [K in keyof UpdateState]?: UpdateState[K] | undefined },
): Promise<void> {
  await state.change(change).catch((error: unknown) => {
    log.warn({ err: error }, 'state of updates not kept');
  });
}

/** Where the data of before an update is kept; the folder exists. Throws one sentence. */
export function backupFileFor(
  { dataFolder }: Pick<DataPaths, 'dataFolder'>,
  to: string,
  now: number,
): string {
  const folder = join(dataFolder, 'backups');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainFileError(error, 'write to', folder);
  }
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  return join(folder, `before-update-to-${to}-${time}.db`);
}

function keptBeside(root: string): string {
  return `${root}.before`;
}

function discardQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What cannot be removed is in nobody's way.
  }
}

function takenMeanwhile(): MillpondError {
  return new MillpondError(
    'conflict',
    'Another Millpond took the data folder just before the update; stop it and try again',
  );
}

function cutOff(version: string): string {
  return `The update to ${version} was cut off; the version from before is in its place, and you can try again`;
}

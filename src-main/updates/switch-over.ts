import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { MillpondError } from '../core/error.ts';
import { explainFileError } from '../platform/file-error.ts';
import type { VersionedData } from './ports.ts';
import { readSwitch, removeSwitch, writeSwitch } from './switch-journal.ts';
import type { SwitchEntry } from './switch-journal.ts';

/** Told of each step before the next begins; the tests end the process there. */
type OnStep = (step: 'written' | 'restored' | 'moved-away' | 'moved-in' | 'cleaned') => void;

interface SwitchDeps {
  readonly journalFile: string;
  readonly data: VersionedData;
  readonly onStep?: OnStep;
}

/**
 * Replaces the installation by what lies staged beside it, by renames only. Nothing of Millpond may use
 * the data folder meanwhile. When it throws, the version from before is in its place.
 *
 * A kill at any moment is mended by `finishSwitch`, which every start and every `millpond update` calls.
 * Between the two renames of a folder its place is empty for a moment; no system call that Node has
 * exchanges two folders. Whoever starts either version from where it lies then mends that too. A single
 * file (AppImage) is replaced in one step.
 */
export function switchOver(plan: SwitchEntry, deps: SwitchDeps): void {
  writeSwitch(deps.journalFile, plan);
  deps.onStep?.('written');
  try {
    carryOut(plan, deps);
  } catch (error) {
    undo(readSwitch(deps.journalFile) ?? plan, deps);
    throw explainFileError(error, 'replace', plan.root);
  }
}

export type Finished = 'nothing' | 'undone' | 'finished';

/** Mends a replacement that was cut off: finishes it where the new version is in its place, else undoes it. */
export function finishSwitch(deps: SwitchDeps): { result: Finished; entry?: SwitchEntry } {
  const entry = readSwitch(deps.journalFile);
  if (entry === undefined) return { result: 'nothing' };
  if (entry.kind === 'update' && existsSync(entry.staged)) {
    undo(entry, deps);
    return { result: 'undone', entry };
  }
  // On the way back a person has decided: it is always finished.
  const setAside = carryOut(entry, deps) ?? entry.setAside;
  return { result: 'finished', entry: { ...entry, ...(setAside && { setAside }) } };
}

/** Answers where the data that it replaced lies now. */
function carryOut(
  plan: SwitchEntry,
  { journalFile, data, onStep }: SwitchDeps,
): string | undefined {
  const { root, staged, kept, stage } = plan;
  let setAside: string | undefined;
  if (plan.isDataOwed) {
    setAside = data.restore(plan.backup);
    writeSwitch(journalFile, { ...plan, isDataOwed: false, ...(setAside && { setAside }) });
    onStep?.('restored');
  }
  if (existsSync(staged)) {
    requireOther(plan);
    moveAway(plan);
    onStep?.('moved-away');
    renameSync(staged, root);
    onStep?.('moved-in');
  }
  const left = [discarded(kept), ...(plan.kind === 'back' ? [kept] : []), stage];
  for (const path of left) if (path !== undefined) removeQuietly(path);
  onStep?.('cleaned');
  removeSwitch(journalFile);
  return setAside;
}

/** It has been replaced by now: a folder that cannot be removed is no reason to say that it failed. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next update removes it.
  }
}

function requireOther({ root, staged }: SwitchEntry): void {
  if (root !== staged) return;
  throw new MillpondError('conflict', `${root} cannot be replaced by itself`);
}

/** The one from an update before this one is kept until this one is done. */
function moveAway({ root, kept }: SwitchEntry): void {
  if (!existsSync(root)) return;
  if (existsSync(kept)) {
    rmSync(discarded(kept), { recursive: true, force: true });
    renameSync(kept, discarded(kept));
  }
  // A file keeps its name until the new one takes it: there is no moment without one.
  if (statSync(root).isFile() && tryToLink(root, kept)) return;
  renameSync(root, kept);
}

/** Some disks know no second name for a file. */
function tryToLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false; // The rename will do.
  }
}

/** Back to how it was; what was unpacked is thrown away, the fetched package stays. */
function undo(
  { kind, root, staged, kept, stage, setAside }: SwitchEntry,
  { journalFile, data }: SwitchDeps,
): void {
  if (kind === 'update') {
    if (!existsSync(root) && existsSync(kept)) renameSync(kept, root);
    // A hard link of what is in its place, from before the rename that did not happen.
    if (existsSync(kept) && isSameFile(root, kept)) rmSync(kept);
    if (existsSync(discarded(kept))) {
      if (existsSync(kept)) rmSync(discarded(kept), { recursive: true, force: true });
      else renameSync(discarded(kept), kept);
    }
    rmSync(stage ?? staged, { recursive: true, force: true });
    rmSync(staged, { recursive: true, force: true });
  } else {
    if (!existsSync(root) && existsSync(kept)) renameSync(kept, root);
    // The version that stays gets its own data again.
    if (setAside !== undefined) data.restore(setAside);
  }
  removeSwitch(journalFile);
}

function isSameFile(a: string, b: string): boolean {
  const [left, right] = [statSync(a), statSync(b)];
  return left.isFile() && left.dev === right.dev && left.ino === right.ino;
}

function discarded(kept: string): string {
  return `${kept}.discarded`;
}

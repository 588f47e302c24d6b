import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFileError } from '../platform/file-error.ts';
import type { ReplacedInstallation } from './ports.ts';

/** Where the new version of an installation is unpacked: on the same disk, so that a rename can put it in place. */
export function stageOf({ kind, root }: ReplacedInstallation, ownFolder: string): string {
  return kind === 'deb' || kind === 'rpm' ? join(ownFolder, 'stage') : `${root}.update`;
}

/** Makes it empty, and notes that it is ours: other accounts may update the same installation. */
export function openStage(stage: string, ownFolder: string): void {
  try {
    mkdirSync(ownFolder, { recursive: true, mode: 0o700 });
    writeFileSync(noteIn(ownFolder), stage);
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw explainFileError(error, 'unpack the update to', stage);
  }
}

/** Removes what an unpacking of this data folder has made, also one that was killed. Never throws. */
export function removeStage(ownFolder: string): void {
  try {
    rmSync(readFileSync(noteIn(ownFolder), 'utf8'), { recursive: true, force: true });
    rmSync(noteIn(ownFolder));
  } catch {
    // There is none; or it cannot be removed now, and is before the next unpacking.
  }
}

function noteIn(ownFolder: string): string {
  return join(ownFolder, 'unpacking');
}

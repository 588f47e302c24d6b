import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import type { UpdatesOff } from '../contract/updates.ts';
import { MillpondError } from '../core/error.ts';
import type { ReplacedInstallation, UpdateSource } from './ports.ts';
import { isSystemPackage } from './system-package.ts';

/** Why nobody looks, as no setting changes it. */
export function fixedOff(
  { kind }: ReplacedInstallation,
  source: UpdateSource | undefined,
): Extract<UpdatesOff, 'source' | 'container' | 'no-feed'> | undefined {
  if (kind === 'source' || kind === 'container') return kind;
  return source === undefined ? 'no-feed' : undefined;
}

/**
 * Throws `conflict` where nobody may look, with what to do instead. Looking by hand is a choice of its
 * own: a daily look that is switched off does not stand in its way.
 */
export function requireOn(off: UpdatesOff | undefined): void {
  if (off === undefined || off === 'by-choice') return;
  throw new MillpondError('conflict', whatInstead[off], { reason: `updates-${off}` });
}

const whatInstead: Readonly<Record<Exclude<UpdatesOff, 'by-choice'>, string>> = {
  source: 'This is a checkout of the source: update it with `git pull && npm ci`',
  container: 'This is a container: pull the new image and start it in place of this one',
  'no-feed': 'This build names no list of updates; download newer versions from its page',
  'local-only': 'Local only is on: nobody is asked for updates; turn it off in Settings first',
  'safe-mode':
    'Millpond runs in safe mode, in which nothing outside is asked; start it normally first',
};

/** Throws `forbidden` where this account may not put anything in the installation's place. */
export function requireWritable({ kind, root }: ReplacedInstallation): void {
  if (isSystemPackage(kind)) return;
  try {
    accessSync(dirname(root), constants.W_OK);
    accessSync(root, constants.W_OK);
  } catch (cause) {
    throw new MillpondError(
      'forbidden',
      `The account that runs Millpond may not replace ${root}; stop Millpond, run \`millpond update --apply\` as the owner of that folder (with MILLPOND_HOME set to this data folder), then start it again`,
      { cause, reason: 'not-writable' },
    );
  }
}

import { randomUUID } from 'node:crypto';
import { stat, statfs, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Finding } from '../../contract/first-aid.ts';
import { explainFileError, fileErrorCode } from '../../platform/file-error.ts';
import type { Check } from '../examine.ts';
import { byCommand, byDeed, byGoingTo, ok, problem, warning } from '../finding.ts';
import { diskSize } from '../format.ts';

const scarceBytes = 2e9;
const spentBytes = 200e6;

/** What `statfs` calls file systems behind a network: https://man7.org/linux/man-pages/man2/statfs.2.html */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x564c, 'NCP'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
]);

const synchronisers: readonly (readonly [RegExp, string])[] = [
  [/^dropbox( \(.+\))?$/i, 'Dropbox'],
  [/^onedrive( - .+)?$/i, 'OneDrive'],
  [/^(google drive|my drive|googledrive.*)$/i, 'Google Drive'],
  [/^(icloud drive|mobile documents|com~apple~clouddocs)$/i, 'iCloud'],
  [/^nextcloud$/i, 'Nextcloud'],
  [/^pclouddrive$/i, 'pCloud'],
  [/^(syncthing|sync)$/i, 'Syncthing'],
];

/** Rights, space, and whether a database is safe there at all. */
export function checkDataFolder(folder: string): Check {
  return {
    about: 'the data folder',
    limitMs: 10_000,
    async run() {
      const refused = await writeRefused(folder);
      const disk = await statfs(folder).catch(() => undefined);
      const freeBytes = disk === undefined ? Infinity : disk.bavail * disk.bsize;
      const place = [...onNetwork(folder, disk?.type), ...inSyncFolder(folder)];
      if (refused !== undefined) return [refused, ...place];
      if (freeBytes < scarceBytes) return [scarce(freeBytes), ...place];
      const free = Number.isFinite(freeBytes) ? diskSize(freeBytes) : 'unknown space';
      return [ok('data', { free }), ...place];
    },
  };
}

async function writeRefused(folder: string): Promise<Finding | undefined> {
  const file = join(folder, `.first-aid-${randomUUID()}`);
  try {
    await writeFile(file, 'x', { flag: 'wx' });
    return undefined;
  } catch (error) {
    // A full disk has a finding of its own.
    if (fileErrorCode(error) === 'ENOSPC') return scarce(0);
    const reason = explainFileError(error, 'write to', folder).message;
    const fix = (await isOwn(folder))
      ? byDeed('make-writable')
      : byCommand(`sudo chown -R "$USER" '${folder}'`);
    const isFixable = fileErrorCode(error) === 'EACCES';
    return problem('data-read-only', { values: { folder, reason }, ...(isFixable && { fix }) });
  } finally {
    await rm(file, { force: true }).catch(() => undefined); // It may never have been made.
  }
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && found.uid === process.getuid?.();
}

function scarce(freeBytes: number): Finding {
  const more = { values: { free: diskSize(freeBytes) }, fix: byGoingTo('/models') };
  return freeBytes < spentBytes
    ? problem('data-little-space', more)
    : warning('data-little-space', more);
}

function onNetwork(folder: string, type: number | undefined): readonly Finding[] {
  const kind =
    process.platform === 'linux' && type !== undefined
      ? networkTypes.get(type)
      : folder.startsWith('\\\\')
        ? 'SMB'
        : undefined;
  return kind === undefined ? [] : [warning('data-network', { values: { kind } })];
}

function inSyncFolder(folder: string): readonly Finding[] {
  const names = folder.split(sep);
  const found = synchronisers.find(([pattern]) => names.some((name) => pattern.test(name)));
  return found === undefined ? [] : [warning('data-synced', { values: { program: found[1] } })];
}

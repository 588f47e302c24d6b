import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface ArchiveOptions {
  /** What everything lies in, such as `millpond-1.2.3`. */
  readonly topFolder: string;
  /** 0 stores, 9 is the smallest. */
  readonly level: number;
  /** The time of every file, in epoch seconds. */
  readonly epochSeconds: number;
}

/** Writes a folder as tar.gz, the same bytes for the same files. Needs GNU tar, which every Linux has. */
export async function writeTarGz(
  folder: string,
  file: string,
  { topFolder, level, epochSeconds }: ArchiveOptions,
): Promise<void> {
  const args = [
    ...['--create', '--format=posix', '--sort=name', '--owner=0', '--group=0', '--numeric-owner'],
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    `--mtime=@${String(epochSeconds)}`,
    // Only names in the archive: `s,…` alone would also change what links point to.
    `--transform=flags=r;s,^\\.,${topFolder},`,
    ...['--directory', folder, '.'],
  ];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tar, 'close');
  await pipeline(tar.stdout, createGzip({ level }), createWriteStream(file));
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`tar ended with status ${String(code)} while it read ${folder}.`);
}

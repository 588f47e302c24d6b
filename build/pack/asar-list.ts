import { closeSync, openSync, readSync } from 'node:fs';

interface Folder {
  readonly files: Readonly<Record<string, Folder | File>>;
}
interface File {
  readonly size: number;
  readonly unpacked?: boolean;
  readonly integrity?: { readonly algorithm: string };
}

/** The files of an asar archive by their path, read from its header alone. */
export function filesInAsar(archive: string): Readonly<Record<string, File>> {
  const file = openSync(archive, 'r');
  try {
    const sizes = Buffer.alloc(16);
    readSync(file, sizes, 0, sizes.length, 0);
    const header = Buffer.alloc(sizes.readUInt32LE(12));
    readSync(file, header, 0, header.length, sizes.length);
    return Object.fromEntries(walk('', JSON.parse(header.toString('utf8')) as Folder));
  } finally {
    closeSync(file);
  }
}

function walk(path: string, folder: Folder): [string, File][] {
  return Object.entries(folder.files).flatMap(([name, entry]) =>
    'files' in entry ? walk(`${path}${name}/`, entry) : [[`${path}${name}`, entry]],
  );
}

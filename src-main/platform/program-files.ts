import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the program's own files lie. Entries pass their folder down; nobody else guesses paths. */
export interface ProgramFiles {
  /** The folder of the entries: `out/main` when built, `src-main` when run from source. */
  readonly entryFolder: string;
  /** The built window. */
  readonly rendererFolder: string;
  /** Files read at run time: bundled model, icons. */
  readonly resourcesFolder: string;
  readonly manifestFile: string;
  /** The window's bridge to its shell. It stays in the archive, whose digest Electron checks. */
  readonly preloadFile: string;
}

/**
 * Derives the layout from the folder of a running entry file (`import.meta.dirname`). In a package the
 * shell starts out of `app.asar`; everything else lies beside it as plain files, because neither native
 * code nor a Node of its own can read an archive.
 */
export function programFilesAt(runningFolder: string): ProgramFiles {
  const entryFolder = runningFolder.replace(/([/\\])app\.asar(?=[/\\])/, '$1app.asar.unpacked');
  const isBuilt = existsSync(join(entryFolder, 'cli.js'));
  const root = isBuilt ? join(entryFolder, '..', '..') : join(entryFolder, '..');
  return {
    entryFolder,
    preloadFile: join(runningFolder, '..', 'preload', 'index.cjs'),
    rendererFolder: join(root, 'out', 'renderer'),
    resourcesFolder: join(root, 'resources'),
    manifestFile: join(root, 'package.json'),
  };
}

/** The file behind an entry name, built or as source. */
export function entryFile(files: ProgramFiles, name: string): string {
  const built = join(files.entryFolder, `${name}.js`);
  return existsSync(built) ? built : join(files.entryFolder, `${name}.ts`);
}

/** The program's version, such as `0.1.0`. */
export function programVersion(files: Pick<ProgramFiles, 'manifestFile'>): string {
  const manifest: unknown = JSON.parse(readFileSync(files.manifestFile, 'utf8'));
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isNamed ? String(manifest.version) : '0.0.0';
}

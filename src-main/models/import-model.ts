import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import { MillpondError } from '../core/error.ts';
import type { ModelFacts, ModelManifest } from '../core/model.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import { copyFileSafely } from './copy-file.ts';
import { freeBytesAt } from './download/disk-space.ts';
import { findImportSource } from './import-source.ts';
import type { ModelFile } from './model-files.ts';
import type { ModelLibrary } from './model-library.ts';
import { filesOf } from './own-files.ts';
import { moveAll, nameTaken, placeAll } from './place-files.ts';
import type { Transfer } from './place-files.ts';
import type { ModelInspector } from './ports.ts';
import { nameBytes, nameStores } from './wording.ts';

/** `link` leaves it where it is; the others put it into the models folder. */
export type ImportMode = 'link' | 'copy' | 'move';

export interface ImportOptions {
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

interface ImporterDeps {
  readonly library: ModelLibrary;
  readonly inspector: ModelInspector;
  /** Room on the disk that holds this folder; asks the system unless given. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** Files on their way into the models folder; hidden, so that nobody takes them for models. */
const stagingPrefix = '.import-';
/** Left free for everything else that a computer does meanwhile. */
const spareBytes = 64 * 1024 * 1024;

/** Brings models from elsewhere on this computer into the library. */
export class ModelImporter {
  private readonly deps: ImporterDeps;
  private underWay = 0;

  constructor(deps: ImporterDeps) {
    this.deps = deps;
  }

  /**
   * Resolves when the model is listed. Rejects with one sentence and leaves everything as it was:
   * `invalid-request` no model · `not-found` · `conflict` a name is taken, or another program needs
   * the file · `storage-full`.
   */
  async import(path: string, mode: ImportMode, options: ImportOptions): Promise<ModelManifest> {
    const { library, inspector } = this.deps;
    const { file: source, facts } = await findImportSource(path, inspector, options.signal);
    const listed = this.alreadyListed(source, mode);
    if (listed) return listed;
    const place = mode === 'link' ? source.path : await this.bring(source, mode, options);
    await library.lists.relist(place);
    if (mode === 'link') await library.lists.link(place);
    await library.rescan();
    return this.listedAt(place, facts);
  }

  /** What lies in one of our folders, or is linked, is there already. */
  private alreadyListed(source: ModelFile, mode: ImportMode): ModelManifest | undefined {
    const { library } = this.deps;
    const same = library.everything.find(({ file }) => file.path === source.path);
    if (same === undefined || same.source === 'found') return undefined;
    if (same.linkPath !== undefined && mode !== 'link') return undefined;
    return library.list().find(({ path }) => path === source.path);
  }

  private listedAt(place: string, facts: ModelFacts): ModelManifest {
    const { library } = this.deps;
    const shelved = library.everything.find(({ file }) => file.path === place);
    if (shelved) library.learn(shelved.file, { facts });
    // The very same file may be listed already under the name of another place.
    const model = shelved && library.find(shelved.names.id);
    if (model) return model;
    throw new MillpondError('internal', `${basename(place)} was imported but cannot be listed`);
  }

  private async bring(
    source: ModelFile,
    mode: ImportMode,
    options: ImportOptions,
  ): Promise<string> {
    const { library } = this.deps;
    if (mode === 'move') await this.checkUsers(source);
    const transfers = await planTransfers(source, library.deps.modelsFolder);
    await this.checkNames(transfers);
    this.underWay += 1;
    try {
      await this.transfer(source, transfers, mode, options);
    } finally {
      this.underWay -= 1;
    }
    if (mode === 'move') await this.clearAway(source);
    const first = transfers.find(({ from }) => from === source.parts[0]);
    const place = first?.to ?? library.deps.modelsFolder;
    return source.format === 'mlx' ? dirname(place) : place;
  }

  /** After a move: the empty folder, and a link that leads nowhere now. */
  private async clearAway(source: ModelFile): Promise<void> {
    await this.deps.library.lists.unlink(source.path);
    if (source.format !== 'mlx') return;
    await rmdir(source.path).catch(() => {
      // Something else lies there: the folder stays.
    });
  }

  /** Another program would look for its file in vain. */
  private async checkUsers(source: ModelFile): Promise<void> {
    const readings = await this.deps.library.readStores();
    const users = readings.filter(({ models }) =>
      models.some(({ file }) => file.identity === source.identity),
    );
    if (users.length === 0) return;
    const names = nameStores([...new Set(users.map(({ kind }) => kind))]);
    const message = `${basename(source.path)} belongs to ${names}; link or copy it instead of moving it`;
    throw new MillpondError('conflict', message);
  }

  private async checkNames(transfers: readonly Transfer[]): Promise<void> {
    for (const { to } of transfers) {
      const isTaken = await stat(to).then(
        () => true,
        () => false,
      );
      if (isTaken) throw nameTaken(to);
    }
  }

  private async transfer(
    source: ModelFile,
    transfers: readonly Transfer[],
    mode: ImportMode,
    options: ImportOptions,
  ): Promise<void> {
    const { modelsFolder } = this.deps.library.deps;
    if (this.underWay === 1) await sweep(modelsFolder);
    // A link that was moved would lead nowhere: what it leads to is copied, and stays where it is.
    if (mode === 'move' && !(await hasLinks(transfers)) && (await moveAll(transfers))) return;
    await this.checkRoom(source, transfers, modelsFolder);
    const staging = join(modelsFolder, `${stagingPrefix}${randomBytes(6).toString('hex')}`);
    try {
      await makeFolder(staging);
      await copyAll(transfers, staging, options);
      await placeAll(transfers, staging);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    if (mode !== 'move') return;
    for (const folder of new Set(transfers.map(({ to }) => dirname(to)))) {
      await syncFolder(folder).catch(() => {
        // A disk that cannot be asked for it has to be trusted.
      });
    }
    for (const { from } of transfers) await rm(from, { force: true });
  }

  private async checkRoom(
    source: ModelFile,
    transfers: readonly Transfer[],
    folder: string,
  ): Promise<void> {
    const sizes = await Promise.all(transfers.map(async ({ from }) => (await stat(from)).size));
    const needed = sizes.reduce((sum, size) => sum + size, 0);
    const free = await (this.deps.freeBytes ?? freeBytesAt)(folder);
    if (needed + spareBytes <= free) return;
    const message = `${basename(source.path)} takes ${nameBytes(needed)}, but only ${nameBytes(free)} are free in ${folder}; free some space, or link it instead`;
    throw new MillpondError('storage-full', message);
  }
}

/** One file lies in the models folder itself; several get a folder of their own. */
async function planTransfers(source: ModelFile, folder: string): Promise<readonly Transfer[]> {
  const files = await filesOf(source);
  const into = (): string => {
    if (source.format === 'mlx') return join(folder, basename(source.path));
    const isAlone = source.projectorPath === undefined;
    return isAlone ? folder : join(folder, 'imported', parse(source.path).name);
  };
  const target = into();
  return files.map((from) => ({ from, to: join(target, basename(from)) }));
}

/** What an import left that was cut off by a crash. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(stagingPrefix))) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function hasLinks(transfers: readonly Transfer[]): Promise<boolean> {
  const stats = await Promise.all(transfers.map(({ from }) => lstat(from)));
  return stats.some((one) => one.isSymbolicLink());
}

async function copyAll(
  transfers: readonly Transfer[],
  staging: string,
  { signal, onProgress }: ImportOptions,
): Promise<void> {
  const sizes = await Promise.all(transfers.map(async ({ from }) => (await stat(from)).size));
  const total = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  let before = 0;
  for (const [place, { from, to }] of transfers.entries()) {
    const report = (done: number): void => onProgress?.((before + done) / total);
    await copyFileSafely(from, join(staging, basename(to)), { signal, onProgress: report });
    before += sizes[place] ?? 0;
  }
}

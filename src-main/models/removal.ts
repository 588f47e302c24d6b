import { access, constants, lstat, readdir, realpath, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { ModelManifest, StoreKind } from '../core/model.ts';
import { explainFileError } from '../platform/file-error.ts';
import type { ModelLibrary } from './model-library.ts';
import { filesOf } from './own-files.ts';
import type { LibraryLog } from './ports.ts';
import type { ShelvedModel } from './shelved-model.ts';
import { nameStores } from './wording.ts';

interface RemovalDeps {
  readonly library: ModelLibrary;
  readonly clock: Clock;
  readonly logger: LibraryLog;
}

export interface Removed {
  /** Epoch milliseconds; `restore` works until then. */
  readonly undoUntil: number;
  /** What the disk gets back. 0 for a link, and for a file that another program keeps. */
  readonly freedBytes: number;
}

interface Pending {
  readonly model: ShelvedModel;
  readonly cancel: () => void;
}

/** How long a person may change their mind. */
export const undoMs = 10_000;

/** Deletes models, with a moment to take it back. What is not over when the program ends stays. */
export class ModelRemoval {
  private readonly deps: RemovalDeps;
  private readonly pending = new Map<string, Pending>();
  private deleting: Promise<void> = Promise.resolve();

  constructor(deps: RemovalDeps) {
    this.deps = deps;
  }

  /**
   * Takes a model off the list at once and deletes its files later. Files of other programs and linked
   * files stay: only our entry goes. Rejects with `conflict` for what cannot be removed, and while
   * other programs use the very same file, or only a link leads to it, unless `force` is set; with `unavailable` where the folder
   * is read-only.
   */
  async remove(name: string, options: { readonly force: boolean }): Promise<Removed> {
    const { library, clock } = this.deps;
    const model = library.shelf(name);
    const files = isKept(model) ? [] : await this.checkFiles(model, options.force);
    const freedBytes = await measureFreed(files);
    const { path } = model.file;
    const cancel = clock.after(undoMs, () => {
      this.deleting = this.deleting.then(() => this.finish(model));
    });
    this.pending.set(model.names.id.toLowerCase(), { model, cancel });
    library.hide(path, true);
    return { undoUntil: clock.now() + undoMs, freedBytes };
  }

  /** Puts back what was removed a moment ago. Rejects with `not-found` when it is too late. */
  restore(id: string): ModelManifest {
    const pending = this.pending.get(id.toLowerCase());
    if (pending === undefined) {
      throw new MillpondError('not-found', `${id} cannot be brought back any more`);
    }
    this.takeBack(pending);
    const model = this.deps.library.find(id);
    if (model) return model;
    throw new MillpondError('not-found', `The files of ${id} are not there any more`);
  }

  /**
   * Takes every removal back that would delete one of these files: somebody wants them after all.
   * Resolves when no deletion is under way.
   */
  async keep(paths: readonly string[]): Promise<void> {
    for (const pending of [...this.pending.values()]) {
      const { parts, projectorPath } = pending.model.file;
      const isWanted = [...parts, projectorPath].some((file) => paths.includes(file ?? ''));
      if (isWanted) this.takeBack(pending);
    }
    await this.settled();
  }

  /** Deletes at once what was removed, for callers who cannot take it back. */
  async finishNow(id: string): Promise<void> {
    const pending = this.pending.get(id.toLowerCase());
    if (pending === undefined) return;
    pending.cancel();
    this.deleting = this.deleting.then(() => this.finish(pending.model));
    await this.deleting;
  }

  /** Resolves when no file is being deleted. */
  async settled(): Promise<void> {
    await this.deleting;
  }

  /** Nothing that could still be taken back is deleted. */
  async dispose(): Promise<void> {
    for (const { cancel } of this.pending.values()) cancel();
    this.pending.clear();
    await this.settled();
  }

  private takeBack({ model, cancel }: Pending): void {
    cancel();
    this.pending.delete(model.names.id.toLowerCase());
    this.deps.library.hide(model.file.path, false);
  }

  private async checkFiles(model: ShelvedModel, force: boolean): Promise<readonly string[]> {
    if (model.source === 'bundled') {
      throw new MillpondError('conflict', `${model.names.name} is a part of Millpond and stays`);
    }
    if (model.isAway) {
      const message = `${model.problem ?? 'Its folder is not there now'}: nothing can be deleted before`;
      throw new MillpondError('conflict', message);
    }
    if (!force) {
      await this.checkUsers(model);
      await this.checkPlace(model);
    }
    const files = await this.filesOnlyOf(model);
    for (const folder of new Set(files.map((file) => dirname(file)))) {
      await access(folder, constants.W_OK).catch((error: unknown) => {
        throw explainFileError(error, 'delete from', folder);
      });
    }
    return files;
  }

  private async checkUsers(model: ShelvedModel): Promise<void> {
    const readings = await this.deps.library.readStores();
    const using = readings.filter(({ models }) =>
      models.some(({ file }) => file.identity === model.file.identity),
    );
    const users = new Set<StoreKind>([...model.usedBy, ...using.map(({ kind }) => kind)]);
    // A link of ours to another program's file is only a name: deleting it harms nobody.
    if (users.size === 0 || (await isOnlyLinks(model))) return;
    const message = `${nameStores([...users])} ${users.size > 1 ? 'use' : 'uses'} the very same file of ${model.names.name}; delete it there too, or delete it anyway`;
    throw new MillpondError('conflict', message);
  }

  /** A link to a folder elsewhere is an invitation to use what lies there, not to delete it. */
  private async checkPlace({ file, names }: ShelvedModel): Promise<void> {
    const folder = await realpath(file.format === 'mlx' ? file.path : dirname(file.path));
    const roots = await Promise.all(
      this.deps.library.folders.map((root) => realpath(root).catch(() => root)),
    );
    if (roots.some((root) => isInside(root, folder))) return;
    const message = `${names.name} lies in ${folder}, where only a link leads to; delete it there, or delete it anyway`;
    throw new MillpondError('conflict', message);
  }

  /** A projector may serve several quantizations of one model. */
  private async filesOnlyOf({ file }: ShelvedModel): Promise<readonly string[]> {
    const others = this.deps.library.everything.filter((other) => other.file.path !== file.path);
    const isNeeded = (path: string): boolean =>
      others.some((other) => other.file.projectorPath === path && !this.isPending(other));
    return (await filesOf(file)).filter((path) => !isNeeded(path));
  }

  private isPending(model: ShelvedModel): boolean {
    return this.pending.values().some((pending) => pending.model.file.path === model.file.path);
  }

  private async finish(model: ShelvedModel): Promise<void> {
    const { library, logger } = this.deps;
    const { id } = model.names;
    if (!this.pending.delete(id.toLowerCase())) return;
    try {
      await this.take(model);
      logger.info({ modelId: id }, 'model removed');
    } catch (error) {
      // It comes back on the list, where a person sees that it is still there.
      const { message } = explainFileError(error, 'delete', model.file.path);
      logger.warn({ modelId: id, message }, 'model not removed');
    } finally {
      await library.rescan().catch(() => {
        // The folder may be gone with it; the next look tells.
      });
      library.hide(model.file.path, false);
    }
  }

  private async take(model: ShelvedModel): Promise<void> {
    const { lists } = this.deps.library;
    const { path } = model.file;
    if (model.linkPath !== undefined) await lists.unlink(model.linkPath);
    else if (model.store !== undefined) await lists.unlist(path, model.store);
    else await this.deleteFiles(model);
  }

  private async deleteFiles(model: ShelvedModel): Promise<void> {
    const { origins } = this.deps.library;
    const { path, format } = model.file;
    for (const file of await this.filesOnlyOf(model)) await rm(file, { force: true });
    const folder = format === 'mlx' ? path : dirname(path);
    await removeEmptyFolders(folder, model.root ?? folder);
    const record = origins.of(model.file, model.digest);
    if (record) await origins.forget(record);
  }
}

function isInside(root: string, folder: string): boolean {
  const below = relative(root, folder);
  return below === '' || !(below.startsWith('..') || isAbsolute(below));
}

/** Whether its files stay where they are. */
function isKept({ linkPath, source }: ShelvedModel): boolean {
  return linkPath !== undefined || source === 'found';
}

async function isOnlyLinks({ file }: ShelvedModel): Promise<boolean> {
  const stats = await Promise.all(file.parts.map((part) => lstat(part)));
  return stats.every((part) => part.isSymbolicLink());
}

/** A link holds nothing, and a file with several names lives on under the others. */
async function measureFreed(files: readonly string[]): Promise<number> {
  const stats = await Promise.all(files.map((file) => lstat(file)));
  const alone = stats.filter((file) => file.isFile() && file.nlink === 1);
  return alone.reduce((sum, { size }) => sum + size, 0);
}

/** Written by file managers, missed by nobody. */
const traces = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** From this folder upwards, but never the root itself. */
async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    if (at === root || !isInside(root, at)) return;
    const names = await readdir(at);
    if (names.some((name) => !traces.has(name))) return;
    for (const name of names) await rm(join(at, name), { force: true });
    await rmdir(at);
  }
}

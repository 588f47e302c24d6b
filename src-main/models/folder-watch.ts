import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { usualLimits, walkFolders } from './folder-walk.ts';
import { isFolder } from './measure-files.ts';
import type { LibraryLog } from './ports.ts';

interface FolderWatchDeps {
  readonly clock: Clock;
  readonly logger: LibraryLog;
  /** Something came, went or changed; called once after it has become quiet. */
  readonly onChange: () => void;
}

/** A copy in progress changes its folder many times; one look at the end is enough. */
const quietMs = 500;
/** No system tells that a disk was plugged in; one look at a name costs nothing. */
const lookMs = 15_000;
/** What a download or a repair writes to for hours. Only what it ends in, or its end, is news. */
const underWay = /\.(?:part|part\.journal|part\.lock|repair|repair\.lock|tmp)$/;
/** Linux watches each folder by itself; a tree with more of them is looked at only when asked to. */
const maxWatched = 1000;

interface Watched {
  readonly isThere: boolean;
  /** Empty too where the system cannot watch: new files then appear after a rescan by hand. */
  readonly watchers: readonly FSWatcher[];
}

/** Notices what changes in folders, and folders that vanish or come back. */
export class FolderWatch {
  private readonly deps: FolderWatchDeps;
  private readonly watched = new Map<string, Watched>();
  private folders: ReadonlySet<string> = new Set();
  /** Folders in which something happened: there may be new ones inside. */
  private readonly stirred = new Set<string>();
  private cancelQuiet = (): void => {};
  private cancelLook = (): void => {};
  private isDisposed = false;

  constructor(deps: FolderWatchDeps) {
    this.deps = deps;
  }

  /** Watches exactly these folders from now on, and whether these other paths are there. */
  async set(folders: readonly string[], points: readonly string[] = []): Promise<void> {
    this.folders = new Set(folders);
    const paths = [...folders, ...points];
    const isStale = (path: string): boolean => !paths.includes(path) || this.stirred.has(path);
    for (const path of [...this.watched.keys()].filter(isStale)) this.forget(path);
    for (const path of paths) if (!this.watched.has(path)) await this.look(path);
    this.lookLater();
  }

  dispose(): void {
    this.isDisposed = true;
    this.cancelQuiet();
    this.cancelLook();
    for (const path of [...this.watched.keys()]) this.forget(path);
  }

  private forget(path: string): void {
    for (const watcher of this.watched.get(path)?.watchers ?? []) watcher.close();
    this.watched.delete(path);
    this.stirred.delete(path);
  }

  private lookLater(): void {
    this.cancelLook();
    if (this.isDisposed || this.watched.size === 0) return;
    this.cancelLook = this.deps.clock.after(lookMs, () => {
      void this.lookAgain();
    });
  }

  private async lookAgain(): Promise<void> {
    let hasChanged = false;
    for (const path of [...this.watched.keys()]) {
      const wasThere = this.watched.get(path)?.isThere;
      const isThere = await this.isThere(path);
      if (wasThere === undefined || wasThere === isThere) continue;
      this.forget(path);
      await this.look(path);
      hasChanged = true;
    }
    if (hasChanged && !this.isDisposed) this.deps.onChange();
    this.lookLater();
  }

  private async look(path: string): Promise<void> {
    const isThere = await this.isThere(path);
    const inside = isThere && this.folders.has(path) ? await foldersToWatch(path) : [];
    if (this.isDisposed) return;
    const watchers = inside.map((folder) => this.watch(folder, path));
    this.watched.set(path, {
      isThere,
      watchers: watchers.filter((watcher) => watcher !== undefined),
    });
  }

  private async isThere(path: string): Promise<boolean> {
    if (this.folders.has(path)) return await isFolder(path);
    return await access(path).then(
      () => true,
      () => false,
    );
  }

  /** `root` is the folder that was asked for. */
  private watch(folder: string, root: string): FSWatcher | undefined {
    const giveUp = (error: unknown): void => {
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ folder, message }, 'models folder not watched');
    };
    try {
      const options = { recursive: watchesTrees, persistent: false };
      const watcher = watch(folder, options, (_event, name) => {
        if (name !== null && underWay.test(name)) return;
        this.stirred.add(root);
        this.announce();
      });
      watcher.on('error', giveUp);
      return watcher;
    } catch (error) {
      giveUp(error);
      return undefined;
    }
  }

  private announce(): void {
    if (this.isDisposed) return;
    this.cancelQuiet();
    this.cancelQuiet = this.deps.clock.after(quietMs, this.deps.onChange);
  }
}

/** Elsewhere Node walks the whole tree at once, however large, while nothing else runs. */
const watchesTrees = process.platform === 'darwin' || process.platform === 'win32';

async function foldersToWatch(folder: string): Promise<readonly string[]> {
  if (watchesTrees) return [folder];
  const inside: string[] = [];
  try {
    for await (const { path } of walkFolders(folder, usualLimits)) {
      inside.push(path);
      if (inside.length >= maxWatched) break;
    }
  } catch {
    return []; // Closed to us: whoever reads it says so.
  }
  return inside;
}

import { watch } from 'node:fs';
import { access } from 'node:fs/promises';
import type { FSWatcher } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
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

interface Watched {
  readonly isThere: boolean;
  /** Absent too when the system cannot watch it: new files then appear after a rescan by hand. */
  readonly watcher: FSWatcher | undefined;
}

/** Notices what changes in folders, and folders that vanish or come back. */
export class FolderWatch {
  private readonly deps: FolderWatchDeps;
  private readonly watchers = new Map<string, Watched>();
  private folders: ReadonlySet<string> = new Set();
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
    const gone = this.watchers.keys().filter((path) => !paths.includes(path));
    for (const path of [...gone]) this.forget(path);
    for (const path of paths) if (!this.watchers.has(path)) await this.look(path);
    this.lookLater();
  }

  dispose(): void {
    this.isDisposed = true;
    this.cancelQuiet();
    this.cancelLook();
    for (const folder of [...this.watchers.keys()]) this.forget(folder);
  }

  private forget(path: string): void {
    this.watchers.get(path)?.watcher?.close();
    this.watchers.delete(path);
  }

  private lookLater(): void {
    this.cancelLook();
    if (this.isDisposed || this.watchers.size === 0) return;
    this.cancelLook = this.deps.clock.after(lookMs, () => {
      void this.lookAgain();
    });
  }

  private async lookAgain(): Promise<void> {
    let hasChanged = false;
    for (const path of [...this.watchers.keys()]) {
      const wasThere = this.watchers.get(path)?.isThere;
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
    if (this.isDisposed) return;
    const watcher = isThere && this.folders.has(path) ? this.watch(path) : undefined;
    this.watchers.set(path, { isThere, watcher });
  }

  private async isThere(path: string): Promise<boolean> {
    if (this.folders.has(path)) return await isFolder(path);
    return await access(path).then(
      () => true,
      () => false,
    );
  }

  private watch(folder: string): FSWatcher | undefined {
    const giveUp = (error: unknown): void => {
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ folder, message }, 'models folder not watched');
    };
    try {
      const watcher = watch(folder, { recursive: true, persistent: false }, () => {
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

import { watch } from 'node:fs';
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
  private cancelQuiet = (): void => {};
  private cancelLook = (): void => {};
  private isDisposed = false;

  constructor(deps: FolderWatchDeps) {
    this.deps = deps;
  }

  /** Watches exactly these folders from now on. */
  async set(folders: readonly string[]): Promise<void> {
    for (const folder of this.watchers.keys()) {
      if (!folders.includes(folder)) this.forget(folder);
    }
    for (const folder of folders) {
      if (!this.watchers.has(folder)) await this.look(folder);
    }
    this.lookLater();
  }

  dispose(): void {
    this.isDisposed = true;
    this.cancelQuiet();
    this.cancelLook();
    for (const folder of [...this.watchers.keys()]) this.forget(folder);
  }

  private forget(folder: string): void {
    this.watchers.get(folder)?.watcher?.close();
    this.watchers.delete(folder);
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
    for (const folder of [...this.watchers.keys()]) {
      const wasThere = this.watchers.get(folder)?.isThere;
      const isThere = await isFolder(folder);
      if (wasThere === undefined || wasThere === isThere) continue;
      this.forget(folder);
      await this.look(folder);
      hasChanged = true;
    }
    if (hasChanged && !this.isDisposed) this.deps.onChange();
    this.lookLater();
  }

  private async look(folder: string): Promise<void> {
    const isThere = await isFolder(folder);
    if (this.isDisposed) return;
    this.watchers.set(folder, { isThere, watcher: isThere ? this.watch(folder) : undefined });
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

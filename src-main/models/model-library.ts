import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { ModelManifest } from '../core/model.ts';
import { digestFiles } from './file-digest.ts';
import { LibraryCache } from './library-cache.ts';
import type { FileKnowledge } from './library-cache.ts';
import { manifestOf, scanFolders } from './library-scan.ts';
import type { FoundModel } from './library-scan.ts';
import { indexNames } from './name-index.ts';
import type { LibraryLog, ModelInspector } from './ports.ts';

export interface ModelLibraryDeps {
  /** Holds one folder per model that ships with the program. */
  readonly bundledFolder: string;
  /** Where a person's models lie, as `publisher/model/file.gguf` or flatter. */
  readonly modelsFolder: string;
  /** Remembers what was learnt about files. */
  readonly cacheFile: string;
  readonly inspector: ModelInspector;
  readonly clock: Clock;
  readonly logger: LibraryLog;
}

/** `changed` also announces a new model. */
export type LibraryEvent = 'changed' | 'removed';
type Listener = (id: string) => void;

/** A copy in progress changes its folder many times; one look at the end is enough. */
const quietMs = 500;

/** The models that are on this machine, and what is known about each. */
export class ModelLibrary {
  private readonly deps: ModelLibraryDeps;
  private readonly cache: LibraryCache;
  private readonly listeners = { changed: new Set<Listener>(), removed: new Set<Listener>() };
  private readonly stop = new AbortController();
  private found: readonly FoundModel[] = [];
  private manifests: ReadonlyMap<string, ModelManifest> = new Map();
  private names: ReadonlyMap<string, string> = new Map();
  private scanning: Promise<void> = Promise.resolve();
  private learning: Promise<void> | undefined;
  private watcher: FSWatcher | undefined;
  private cancelRescan = (): void => {};

  constructor(deps: ModelLibraryDeps) {
    this.deps = deps;
    this.cache = new LibraryCache(deps.cacheFile);
  }

  /** Lists what is there, then watches the folder and studies new files in the background. */
  async start(): Promise<void> {
    await this.cache.open();
    await this.rescan();
    this.watchFolder();
  }

  list(): readonly ModelManifest[] {
    return [...this.manifests.values()];
  }

  /** By id or alias, in any case. */
  find(name: string): ModelManifest | undefined {
    const id = this.names.get(name.toLowerCase());
    return id === undefined ? undefined : this.manifests.get(id);
  }

  /** Looks at the folders again. Rejects when the models folder cannot be read. */
  rescan(): Promise<void> {
    const scan = this.scanning.then(async () => {
      this.found = await scanFolders(this.deps);
      this.cache.keepOnly(this.found.map(({ file }) => file));
      this.publish();
      this.learn();
    });
    this.scanning = scan.catch(() => {}); // The caller hears of it; the next scan may do better.
    return scan;
  }

  /** Calls back with a model's id; returns how to stop that. */
  on(event: LibraryEvent, listener: Listener): () => void {
    this.listeners[event].add(listener);
    return () => void this.listeners[event].delete(listener);
  }

  /** Resolves when everything that was found has been studied. */
  async settled(): Promise<void> {
    await this.scanning;
    await this.learning;
  }

  async dispose(): Promise<void> {
    this.stop.abort();
    this.cancelRescan();
    this.watcher?.close();
    await this.settled();
  }

  private publish(): void {
    const before = this.manifests;
    const manifests = this.found.map((found) => manifestOf(found, this.cache));
    this.manifests = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    this.names = indexNames(
      this.found.map(({ names, file }) => ({ ...names, sizeBytes: file.sizeBytes })),
    );
    for (const manifest of manifests) {
      const old = before.get(manifest.id);
      if (JSON.stringify(old) !== JSON.stringify(manifest)) this.announce('changed', manifest.id);
    }
    for (const id of before.keys()) if (!this.manifests.has(id)) this.announce('removed', id);
  }

  private announce(event: LibraryEvent, id: string): void {
    for (const listener of this.listeners[event]) listener(id);
  }

  /** One file after the other, so that studying never competes with answering for the disk. */
  private learn(): void {
    this.learning ??= this.learnAll()
      .catch((error: unknown) => {
        if (this.stop.signal.aborted) return;
        const { code, message } = MillpondError.from(error);
        this.deps.logger.warn({ code, message }, 'model files not studied');
      })
      .finally(() => {
        this.learning = undefined;
      });
  }

  private async learnAll(): Promise<void> {
    let hasNews = false;
    for (;;) {
      const task = this.nextTask();
      if (task === undefined || this.stop.signal.aborted) break;
      this.cache.learn(task.found.file, await task.study(task.found));
      hasNews = true;
      this.publish();
    }
    if (hasNews) await this.cache.save();
  }

  /** Facts of all files first: they are quick and a person waits for them. */
  private nextTask() {
    const sound = this.found.filter((found) => manifestOf(found, this.cache).problem === undefined);
    const about = (found: FoundModel): FileKnowledge | undefined => this.cache.about(found.file);
    const factless = sound.find((found) => about(found)?.facts === undefined);
    if (factless !== undefined) return { found: factless, study: this.studyFacts };
    const nameless = sound.find((found) => about(found)?.digest === undefined);
    return nameless === undefined ? undefined : { found: nameless, study: this.studyDigest };
  }

  private readonly studyFacts = async ({ file }: FoundModel): Promise<Partial<FileKnowledge>> => {
    try {
      const { facts } = await this.deps.inspector.inspect(file.path, {}, this.stop.signal);
      return { facts };
    } catch (error) {
      this.stop.signal.throwIfAborted();
      return { problem: MillpondError.from(error).message };
    }
  };

  private readonly studyDigest = async ({ file }: FoundModel): Promise<Partial<FileKnowledge>> => {
    try {
      return { digest: await digestFiles(file.parts, this.stop.signal) };
    } catch (error) {
      this.stop.signal.throwIfAborted();
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ path: file.path, message }, 'model file not readable');
      return {
        problem: 'The file could not be read to its end; check the disk or download it again',
      };
    }
  };

  private watchFolder(): void {
    const { clock, logger, modelsFolder } = this.deps;
    const giveUp = (error: unknown): void => {
      const { message } = MillpondError.from(error);
      logger.warn({ modelsFolder, message }, 'models folder not watched');
    };
    try {
      this.watcher = watch(modelsFolder, { recursive: true, persistent: false }, () => {
        this.cancelRescan();
        this.cancelRescan = clock.after(quietMs, () => {
          this.rescan().catch(giveUp);
        });
      });
      this.watcher.on('error', giveUp);
    } catch (error) {
      giveUp(error); // New files then appear after a rescan by hand.
    }
  }
}

import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { ModelManifest, StoreKind } from '../core/model.ts';
import { FolderWatch } from './folder-watch.ts';
import { LibraryCache } from './library-cache.ts';
import type { FileKnowledge } from './library-cache.ts';
import { scanPlaces } from './library-scan.ts';
import { LibraryStudy } from './library-study.ts';
import { listModels, withOrigin } from './listed-models.ts';
import { settleIds } from './merge-models.ts';
import type { ModelFile } from './model-files.ts';
import { indexNames } from './name-index.ts';
import { Origins } from './origins.ts';
import type { OriginRecord } from './origins.ts';
import { OwnLists } from './own-lists.ts';
import type { ContentHasher, LibraryLog, ModelInspector } from './ports.ts';
import { manifestOf } from './shelved-model.ts';
import type { ShelvedModel } from './shelved-model.ts';
import type { StoreReading, StoreSurroundings } from './stores/store-reading.ts';
import { readStores, storeKinds } from './stores/store-scan.ts';

export interface ModelLibraryDeps {
  /** Holds one folder per model that ships with the program. */
  readonly bundledFolder: string;
  /** Where a person's models lie, as `publisher/model/file.gguf` or flatter. */
  readonly modelsFolder: string;
  /** A person's other folders. */
  readonly folders?: readonly string[];
  /** The programs whose files are used in place. */
  readonly usedStores?: readonly StoreKind[];
  /** Remembers what was learnt about files. */
  readonly cacheFile: string;
  /** Remembers where fetched files came from. */
  readonly originsFile: string;
  /** Remembers linked models and those taken off the list. */
  readonly listsFile: string;
  /** Decides where other programs keep their files. */
  readonly surroundings: StoreSurroundings;
  readonly inspector: ModelInspector;
  readonly hasher: ContentHasher;
  readonly clock: Clock;
  readonly logger: LibraryLog;
  /** Whether a download is still putting files there; such a model is not listed yet. */
  readonly isArriving?: (path: string) => boolean;
}

/** `changed` also announces a new model. */
export type LibraryEvent = 'changed' | 'removed';
type Listener = (id: string) => void;

/** The models that are on this machine, and what is known about each. */
export class ModelLibrary {
  /** For the classes that work on single models: import, removal, verification, discovery. */
  readonly lists: OwnLists;
  readonly origins: Origins;
  readonly deps: ModelLibraryDeps;
  private readonly cache: LibraryCache;
  private readonly study: LibraryStudy;
  private readonly watch: FolderWatch;
  private readonly listeners = { changed: new Set<Listener>(), removed: new Set<Listener>() };
  /** Paths of models that a person is about to delete. */
  private readonly hidden = new Set<string>();
  private outsideFolders: readonly string[];
  private usedStores: readonly StoreKind[];
  /** The last look at each program's folders, whether they are used or not. */
  private readings: readonly StoreReading[] = [];
  private scanned: readonly ShelvedModel[] = [];
  private shelved: ReadonlyMap<string, ShelvedModel> = new Map();
  private manifests: ReadonlyMap<string, ModelManifest> = new Map();
  private names: ReadonlyMap<string, string> = new Map();
  private scanning: Promise<void> = Promise.resolve();
  private lookingAround: Promise<void> = Promise.resolve();
  private hasLookedAround = false;

  constructor(deps: ModelLibraryDeps) {
    this.deps = deps;
    const { clock, logger, inspector, hasher } = deps;
    this.outsideFolders = deps.folders ?? [];
    this.usedStores = deps.usedStores ?? [];
    this.lists = new OwnLists(deps.listsFile, logger);
    this.origins = new Origins(deps.originsFile, logger);
    this.cache = new LibraryCache(deps.cacheFile);
    this.study = new LibraryStudy({
      ...{ cache: this.cache, origins: this.origins, inspector, hasher, logger },
      models: () => this.scanned.map((model) => withOrigin(model, this.origins, this.cache)),
      onNews: () => {
        this.publish();
      },
    });
    this.watch = new FolderWatch({
      ...{ clock, logger },
      onChange: () => {
        this.rescan().catch((error: unknown) => {
          logger.warn({ message: MillpondError.from(error).message }, 'models folder not read');
        });
      },
    });
  }

  /** Lists what is there, then watches the folders and studies new files in the background. */
  async start(): Promise<void> {
    await Promise.all([this.cache.open(), this.lists.open(), this.origins.open()]);
    await this.rescan();
    this.lookingAround = this.lookAround().catch((error: unknown) => {
      const { message } = MillpondError.from(error);
      this.deps.logger.warn({ message }, 'folders of other programs not read');
    });
  }

  list(): readonly ModelManifest[] {
    return [...this.manifests.values()];
  }

  /** By id, alias, or the name of the repository it came from; in any case. */
  find(name: string): ModelManifest | undefined {
    const id = this.names.get(name.toLowerCase());
    return id === undefined ? undefined : this.manifests.get(id);
  }

  /** Looks at all folders again. Rejects when the models folder cannot be read. */
  rescan(): Promise<void> {
    const scan = this.scanning.then(async () => {
      const { bundledFolder, modelsFolder } = this.deps;
      // First, so that whatever comes during the look is noticed too.
      await this.watch.set([...new Set(this.folders)], this.lists.links);
      await this.readStores(this.usedStores);
      const found = await scanPlaces(
        {
          ...{ bundledFolder, modelsFolder },
          folders: this.outsideFolders.filter((folder) => folder !== modelsFolder),
          links: this.lists.links,
          stores: this.readings.filter(({ kind }) => this.usedStores.includes(kind)),
        },
        this.cache,
      );
      this.scanned = settleIds(found.filter((model) => this.isArrived(model)));
      this.forgetOthers();
      this.publish();
      this.study.begin();
    });
    this.scanning = scan.catch(() => {}); // The caller hears of it; the next scan may do better.
    return scan;
  }

  /** A person's other folders from now on; each may be missing. */
  async setFolders(folders: readonly string[]): Promise<void> {
    if (folders.join('\n') === this.outsideFolders.join('\n')) {
      await this.scanning;
      return;
    }
    this.outsideFolders = folders;
    await this.rescan();
  }

  /** The programs whose files are used in place from now on. */
  async setStores(kinds: readonly StoreKind[]): Promise<void> {
    if (kinds.toSorted().join() === this.usedStores.toSorted().join()) {
      await this.scanning;
      return;
    }
    this.usedStores = kinds;
    await this.lists.keepStores(kinds);
    await this.rescan();
  }

  /** What was fetched just now. Call it after the files lie where they belong, then `rescan`. */
  async recordFinished(fetched: OriginRecord): Promise<void> {
    await this.origins.record(fetched);
    this.publish();
  }

  /** Calls back with a model's id; returns how to stop that. */
  on(event: LibraryEvent, listener: Listener): () => void {
    this.listeners[event].add(listener);
    return () => void this.listeners[event].delete(listener);
  }

  /** Resolves when everything that was found has been studied. */
  async settled(): Promise<void> {
    await Promise.all([this.scanning, this.lookingAround]);
    await this.study.settled();
  }

  async dispose(): Promise<void> {
    this.watch.dispose();
    await this.study.dispose();
    await Promise.all([this.scanning, this.lookingAround]);
  }

  /** Where a model lies. Throws `model-not-found` with the name as it was asked. */
  shelf(name: string): ShelvedModel {
    const id = this.find(name)?.id;
    const model = id === undefined ? undefined : this.shelved.get(id);
    if (model) return model;
    throw new MillpondError('model-not-found', `There is no model ${name} on this machine`);
  }

  /** Every model as it lies on the disk, those about to be deleted too. */
  get everything(): readonly ShelvedModel[] {
    return this.scanned;
  }

  /** The folders in which a person's models lie, our own first. */
  get folders(): readonly string[] {
    return [this.deps.modelsFolder, ...this.outsideFolders];
  }

  isStoreUsed(kind: StoreKind): boolean {
    return this.usedStores.includes(kind);
  }

  /** What was learnt about a file, as long as it is the same. */
  knowledge(file: ModelFile): FileKnowledge | undefined {
    return this.cache.about(file);
  }

  /** Keeps what somebody else found out about a file. */
  learn(file: ModelFile, news: Pick<FileKnowledge, 'digest' | 'facts' | 'problem'>): void {
    this.cache.learn(file, news);
    this.publish();
  }

  /** Looks at other programs' folders; `kinds` of which are all unless given. */
  async readStores(kinds: readonly StoreKind[] = storeKinds): Promise<readonly StoreReading[]> {
    const fresh = await readStores(this.deps.surroundings, kinds);
    const others = this.readings.filter(({ kind }) => !kinds.includes(kind));
    // Whoever is asked first, the order of programs stays, and with it the names that models get.
    const place = ({ kind }: StoreReading): number => storeKinds.indexOf(kind);
    this.readings = [...others, ...fresh].toSorted((a, b) => place(a) - place(b));
    return fresh;
  }

  /** Takes a model off the list without touching its files, or puts it back. */
  hide(path: string, isHidden: boolean): void {
    if (isHidden) this.hidden.add(path);
    else this.hidden.delete(path);
    this.publish();
  }

  /** Tells listeners that something about a model changed which no manifest shows. */
  touch(id: string): void {
    this.announce('changed', id);
  }

  private isArrived({ file, source }: ShelvedModel): boolean {
    const { isArriving } = this.deps;
    return source !== 'library' || isArriving === undefined || !file.parts.some(isArriving);
  }

  /** What was learnt about files that nobody has any more. */
  private forgetOthers(): void {
    if (!this.hasLookedAround) return;
    const stored = this.readings.flatMap(({ models }) => models.map(({ file }) => file));
    this.cache.keepOnly([...this.scanned.map(({ file }) => file), ...stored]);
  }

  private publish(): void {
    const before = this.manifests;
    const { cache, origins, lists, readings, hidden } = this;
    const models = listModels(this.scanned, { cache, origins, lists, readings, hidden });
    this.shelved = new Map(models.map((model) => [model.names.id, model]));
    const manifests = models.map((model) => manifestOf(model, this.cache.about(model.file)));
    this.manifests = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    this.names = indexNames(
      models.map(({ names, file }) => ({ ...names, sizeBytes: file.sizeBytes })),
    );
    for (const manifest of manifests) {
      const old = before.get(manifest.id);
      if (JSON.stringify(old) !== JSON.stringify(manifest)) this.announce('changed', manifest.id);
    }
    for (const id of before.keys()) if (!this.manifests.has(id)) this.announce('removed', id);
  }

  /** Once, so that a model says who else uses its file even where nothing else of theirs is wanted. */
  private async lookAround(): Promise<void> {
    await this.readStores();
    this.hasLookedAround = true;
    this.publish();
  }

  private announce(event: LibraryEvent, id: string): void {
    for (const listener of this.listeners[event]) listener(id);
  }
}

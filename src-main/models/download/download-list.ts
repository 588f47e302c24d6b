import { MillpondError } from '../../core/error.ts';
import type { Download, DownloadEvents, DownloadRequest } from './download.ts';
import type { DownloadEntry } from './download-entry.ts';
import { targetOf } from './download-run.ts';
import type { DownloadRecord, JobStore } from './job-store.ts';

type Listeners = { [Name in keyof DownloadEvents]: Set<(event: DownloadEvents[Name]) => void> };

/** `error: undefined` takes an error away. */
export type RecordChange = Partial<Omit<DownloadRecord, 'error'>> & {
  readonly error?: DownloadRecord['error'];
};

/** The downloads that there are, at rest and in memory alike; every change is kept and announced. */
export class DownloadList {
  private readonly store: JobStore;
  private readonly describe: (entry: DownloadEntry) => Download;
  private readonly entries = new Map<string, DownloadEntry>();
  private readonly listeners: Listeners = {
    changed: new Set(),
    removed: new Set(),
    finished: new Set(),
  };

  constructor(store: JobStore, describe: (entry: DownloadEntry) => Download) {
    this.store = store;
    this.describe = describe;
  }

  get all(): readonly DownloadEntry[] {
    return [...this.entries.values()];
  }

  get running(): readonly DownloadEntry[] {
    return this.all.filter(({ active }) => active !== undefined);
  }

  /** What may be started, the first in line first. */
  get startable(): readonly DownloadEntry[] {
    return this.all
      .filter(({ active, record }) => record.state === 'queued' && active === undefined)
      .toSorted((a, b) => a.record.rank - b.record.rank);
  }

  /** In the order in which they run; what is done comes last. */
  inOrder(): readonly Download[] {
    const rank = ({ isOpen, record }: DownloadEntry): number =>
      isOpen ? record.rank : Number.MAX_VALUE;
    return this.all
      .toSorted((a, b) => rank(a) - rank(b) || a.record.createdAt - b.record.createdAt)
      .map((entry) => this.describe(entry));
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** Throws `not-found`. */
  entryOf(id: string): DownloadEntry {
    const entry = this.entries.get(id);
    if (entry !== undefined) return entry;
    throw new MillpondError('not-found', 'That download is not in the list any more');
  }

  /** An unfinished download of the same thing to the same place. */
  sameAs(request: DownloadRequest): DownloadEntry | undefined {
    return this.all.find(
      ({ isOpen, record: { request: known } }) =>
        isOpen &&
        known.repo === request.repo &&
        known.commit === request.commit &&
        known.variant === request.variant &&
        known.folder === request.folder,
    );
  }

  /** Whether an unfinished download puts a file there. */
  isArriving(path: string): boolean {
    return this.all.some(
      ({ isOpen, record }) =>
        isOpen && record.request.files.some((file) => targetOf(record, file) === path),
    );
  }

  /** Takes up what was kept before; announces nothing. */
  restore(entry: DownloadEntry): void {
    this.entries.set(entry.record.id, entry);
  }

  async add(entry: DownloadEntry): Promise<void> {
    this.restore(entry);
    this.tell(entry);
    await this.store.save(entry.record);
  }

  /**
   * From now on nobody finds it, and nothing about it is announced. At rest it is paused until it is
   * `removed`, so that what is cut off in between does not go on by itself.
   */
  async leave(entry: DownloadEntry): Promise<void> {
    this.entries.delete(entry.record.id);
    if (!entry.isOpen) return;
    const { error: _error, ...record } = entry.record;
    entry.record = { ...record, state: 'paused' };
    await this.store.save(entry.record);
  }

  /** Puts one that was to leave into the list again. */
  async comeBack(entry: DownloadEntry): Promise<void> {
    this.restore(entry);
    await this.change(entry, entry.isOpen ? { state: 'paused', error: undefined } : {});
  }

  /** Forgets one that left. Rejects with one sentence. */
  async removed(id: string): Promise<void> {
    await this.store.remove(id);
    this.emit('removed', { id });
  }

  /** In force at once, told at once, and kept when the promise resolves. */
  async change(entry: DownloadEntry, change: RecordChange): Promise<void> {
    const { error: previous, ...record } = entry.record;
    const { error, ...others } = change;
    const kept = 'error' in change ? error : previous;
    entry.record = { ...record, ...others, ...(kept !== undefined && { error: kept }) };
    if (!this.has(record.id)) return;
    this.tell(entry);
    await this.store.save(entry.record);
  }

  tell(entry: DownloadEntry): void {
    entry.isUntold = false;
    if (this.has(entry.record.id)) this.emit('changed', this.describe(entry));
  }

  emit<Name extends keyof DownloadEvents>(name: Name, event: DownloadEvents[Name]): void {
    for (const listener of this.listeners[name]) listener(event);
  }

  on<Name extends keyof DownloadEvents>(
    name: Name,
    listener: (event: DownloadEvents[Name]) => void,
  ): () => void {
    const listeners = this.listeners[name];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }
}

import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ResponseStore, StoredResponse } from './ports.ts';

/** Answers of the Responses API that a later turn may name. */
export interface Responses {
  /** Never waits and never throws. What was kept is found from now on. */
  keep(response: StoredResponse): void;
  get(owner: string, id: string): Promise<StoredResponse | undefined>;
  /**
   * The answer and all before it, oldest first. Undefined when it, or one before it, is not kept any
   * more: a conversation with a hole would be another one.
   */
  chain(owner: string, id: string): Promise<readonly StoredResponse[] | undefined>;
  /** False when there was nothing. */
  remove(owner: string, id: string): Promise<boolean>;
  /** Nothing of a person who has gone stays. */
  forgetPerson(personId: string): Promise<void>;
  /** Writes what is left. Called once, at the end. */
  close(): Promise<void>;
}

interface ResponsesDeps {
  readonly store: ResponseStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** As long as the API that it is after promises. */
export const keptForMs = 30 * 24 * 60 * 60_000;
/** What one owner may keep; the oldest goes first. */
export const maxOwnerBytes = 256 * 1024 * 1024;
/** What waits in memory while the store takes nothing. */
export const maxPendingBytes = 64 * 1024 * 1024;
const pruneEveryMs = 60 * 60_000;
const retryAfterMs = 5000;
const maxBatch = 100;

export function createResponses(deps: ResponsesDeps): Responses {
  return new KeptResponses(deps);
}

class KeptResponses implements Responses {
  private readonly deps: ResponsesDeps;
  /** Not written yet, oldest first. */
  private readonly pending = new Map<string, StoredResponse>();
  private pendingBytes = 0;
  private writing: Promise<void> | undefined;
  private stopRetry: () => void = () => undefined;
  private stopPruning: () => void = () => undefined;
  private isClosed = false;

  constructor(deps: ResponsesDeps) {
    this.deps = deps;
    this.pruneLater(0);
  }

  keep(response: StoredResponse): void {
    this.pending.set(response.id, response);
    this.pendingBytes += bytesOf(response);
    this.dropExcess();
    void this.write();
  }

  async get(owner: string, id: string): Promise<StoredResponse | undefined> {
    return this.pendingOf(owner, id) ?? (await this.deps.store.get(owner, id));
  }

  async chain(owner: string, id: string): Promise<readonly StoredResponse[] | undefined> {
    const recent: StoredResponse[] = [];
    let next: string | undefined = id;
    for (;;) {
      const found: StoredResponse | undefined =
        next === undefined ? undefined : this.pendingOf(owner, next);
      if (found === undefined) break;
      recent.unshift(found);
      next = found.previousId;
    }
    if (next === undefined) return recent;
    const stored = await this.deps.store.chain(owner, next);
    const oldest = stored[0];
    return oldest === undefined || oldest.previousId !== undefined
      ? undefined
      : [...stored, ...recent];
  }

  async remove(owner: string, id: string): Promise<boolean> {
    // One that is being written must not come back behind its removal.
    await this.writing;
    const pending = this.pendingOf(owner, id);
    if (pending !== undefined) this.forget(pending);
    return (await this.deps.store.remove(owner, id)) || pending !== undefined;
  }

  async forgetPerson(personId: string): Promise<void> {
    await this.writing;
    for (const response of this.pending.values()) {
      if (response.personId === personId) this.forget(response);
    }
    await this.deps.store.removePerson(personId);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopRetry();
    this.stopPruning();
    await this.writing;
    if (!(await this.writeAll())) {
      this.deps.logger.warn({ responses: this.pending.size }, 'kept responses were lost');
    }
  }

  private pendingOf(owner: string, id: string): StoredResponse | undefined {
    const response = this.pending.get(id);
    return response?.owner === owner ? response : undefined;
  }

  private forget(response: StoredResponse): void {
    if (this.pending.delete(response.id)) this.pendingBytes -= bytesOf(response);
  }

  /** A store that takes nothing for long must not fill the memory. */
  private dropExcess(): void {
    for (const response of this.pending.values()) {
      if (this.pendingBytes <= maxPendingBytes || this.pending.size === 1) return;
      this.forget(response);
      this.deps.logger.warn({ responseId: response.id }, 'kept response was dropped unwritten');
    }
  }

  private write(): Promise<void> {
    this.writing ??= this.writeAll().then((isDone) => {
      this.writing = undefined;
      if (!isDone && !this.isClosed) {
        this.stopRetry = this.deps.clock.after(retryAfterMs, () => void this.write());
      }
    });
    return this.writing;
  }

  /** False when the store took nothing. */
  private async writeAll(): Promise<boolean> {
    while (this.pending.size > 0) {
      const batch = [...this.pending.values()].slice(0, maxBatch);
      try {
        await this.deps.store.insert(batch);
      } catch (error) {
        this.deps.logger.warn({ err: error, pending: batch.length }, 'responses are not writable');
        return false;
      }
      for (const response of batch) this.forget(response);
    }
    return true;
  }

  private pruneLater(delayMs: number): void {
    this.stopPruning = this.deps.clock.after(delayMs, () => {
      const before = this.deps.clock.now() - keptForMs;
      this.deps.store
        .prune({ before, maxBytes: maxOwnerBytes })
        .catch((error: unknown) => {
          this.deps.logger.warn({ err: error }, 'old responses could not be deleted');
        })
        .finally(() => {
          if (!this.isClosed) this.pruneLater(pruneEveryMs);
        });
    });
  }
}

function bytesOf({ response, input }: StoredResponse): number {
  return response.length + input.length;
}

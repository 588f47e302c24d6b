import type { ProviderStore, Secrets, StoredProviderKey } from './ports.ts';

interface KeeperLog {
  warn(facts: object, sentence: string): void;
}

export interface KeyKeeperDeps {
  readonly store: Pick<ProviderStore, 'saveKey' | 'removeKey'>;
  readonly secrets: Secrets;
  readonly log: KeeperLog;
}

/**
 * What is kept of keys: their states in the store, written behind the requests that changed them, and
 * the keys themselves among the secrets.
 */
export class KeyKeeper {
  private readonly deps: KeyKeeperDeps;
  /** The newest state of each key that is not written yet: never more than there are keys. */
  private readonly waiting = new Map<string, StoredProviderKey>();
  private writing: Promise<void> | undefined;

  constructor(deps: KeyKeeperDeps) {
    this.deps = deps;
  }

  /** Secret first: a key that is listed without it could not be used. */
  async add(key: StoredProviderKey, secret: string): Promise<void> {
    await this.deps.secrets.write(secretOf(key.id), secret);
    await this.deps.store.saveKey(key);
  }

  async remove(id: string): Promise<void> {
    this.waiting.delete(id);
    await this.writing;
    await this.deps.store.removeKey(id);
    await this.deps.secrets.write(secretOf(id), undefined);
  }

  read(id: string): Promise<string | undefined> {
    return this.deps.secrets.read(secretOf(id));
  }

  /** Keeps the state soon; what cannot be written is only warned of. */
  note(key: StoredProviderKey): void {
    this.waiting.set(key.id, key);
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
  }

  /** Resolves when everything that was noted is kept. */
  async settled(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
  }

  private async write(): Promise<void> {
    for (let [next] = this.waiting; next !== undefined; [next] = this.waiting) {
      const [id, key] = next;
      this.waiting.delete(id);
      try {
        await this.deps.store.saveKey(key);
      } catch (error) {
        this.deps.log.warn({ key: id, err: error }, 'state of a provider key not kept');
      }
    }
  }
}

function secretOf(id: string): string {
  return `provider-key:${id}`;
}

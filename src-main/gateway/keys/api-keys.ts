import type { ApiKey } from '../../contract/server.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Privacy } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ApiKeyStore, StoredApiKey } from '../ports.ts';
import { hashSecret, randomSecret } from './secret.ts';

/** A key as people see it. */
export type ApiKeyRecord = ApiKey;

/** What a key may do less than its person. */
export interface KeyLimits {
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  readonly poolId?: string | undefined;
  /** Absent or empty: all. */
  readonly models?: readonly string[] | undefined;
  readonly privacy?: Privacy | undefined;
}

/** API keys: a snapshot in memory, written through to the store. */
export interface ApiKeys {
  /** Fills the snapshot. Called once before the first request. */
  load(): Promise<void>;
  list(personId: string): readonly ApiKeyRecord[];
  /**
   * The only answer that ever holds the key. Rejects with `invalid-request` for an end that is past,
   * and with `not-found` for a pool that the person does not see.
   */
  create(
    personId: string,
    name: string,
    limits?: KeyLimits,
  ): Promise<{ readonly key: string; readonly record: ApiKeyRecord }>;
  /** The key stops working at once. Rejects with `not-found` for a key of somebody else. */
  revoke(personId: string, id: string): Promise<void>;
  /** Ends the keys that are bound to a pool: of one person, or of everybody. They stop at once. */
  revokeOfPool(of: { readonly poolId: string; readonly personId?: string }): Promise<void>;
  /**
   * Looks a presented key up by its hash, so that timing tells nothing about the keys that exist.
   * Throws `unauthenticated` for one that has expired.
   */
  find(presented: string): StoredApiKey | undefined;
}

interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the person may ask the pool; nobody may if absent. */
  readonly maySeePool?: (personId: string, poolId: string) => boolean;
}

const keyBytes = 32;
const shownCharacters = 10;
const touchEveryMs = 60_000;

export function createApiKeys(deps: ApiKeysDeps): ApiKeys {
  return new KeySnapshot(deps);
}

class KeySnapshot implements ApiKeys {
  private readonly deps: ApiKeysDeps;
  private readonly byHash = new Map<string, StoredApiKey>();

  constructor(deps: ApiKeysDeps) {
    this.deps = deps;
  }

  async load(): Promise<void> {
    for (const key of await this.deps.store.list()) this.byHash.set(key.hash, key);
  }

  list(personId: string): readonly ApiKeyRecord[] {
    return this.select((key) => key.personId === personId)
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map(toRecord);
  }

  async create(personId: string, name: string, limits: KeyLimits = {}) {
    this.checkLimits(personId, limits);
    const { expiresAt, poolId, models, privacy } = limits;
    const key = `mp_${randomSecret(keyBytes)}`;
    const stored: StoredApiKey = {
      ...{ id: newId(), personId, name },
      prefix: key.slice(0, shownCharacters),
      hash: hashSecret(key),
      createdAt: this.deps.clock.now(),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(poolId !== undefined && { poolId }),
      ...(models !== undefined && models.length > 0 && { models }),
      ...(privacy !== undefined && { privacy }),
    };
    await this.deps.store.insert(stored);
    this.byHash.set(stored.hash, stored);
    return { key, record: toRecord(stored) };
  }

  async revoke(personId: string, id: string): Promise<void> {
    const keys = this.select((key) => key.id === id && key.personId === personId);
    if (keys.length === 0) throw new MillpondError('not-found', 'No such API key');
    await this.end(keys);
  }

  async revokeOfPool({ poolId, personId }: { poolId: string; personId?: string }): Promise<void> {
    await this.end(
      this.select(
        (key) => key.poolId === poolId && (personId === undefined || key.personId === personId),
      ),
    );
  }

  find(presented: string): StoredApiKey | undefined {
    const key = this.byHash.get(hashSecret(presented));
    if (key === undefined) return undefined;
    if (key.expiresAt !== undefined && key.expiresAt <= this.deps.clock.now()) throw expired(key);
    this.touch(key);
    return key;
  }

  private select(isWanted: (key: StoredApiKey) => boolean): readonly StoredApiKey[] {
    return [...this.byHash.values()].filter(isWanted);
  }

  /** Forgotten first: a key stops working even if the store is slow. */
  private async end(keys: readonly StoredApiKey[]): Promise<void> {
    for (const key of keys) this.byHash.delete(key.hash);
    await Promise.all(keys.map((key) => this.deps.store.remove(key.id)));
  }

  private checkLimits(personId: string, { expiresAt, poolId }: KeyLimits): void {
    if (expiresAt !== undefined && expiresAt <= this.deps.clock.now()) {
      throw new MillpondError('invalid-request', 'A key has to end in the future', {
        param: 'expiresAt',
      });
    }
    if (poolId !== undefined && this.deps.maySeePool?.(personId, poolId) !== true) {
      throw new MillpondError('not-found', 'There is no such pool here', { param: 'poolId' });
    }
  }

  private touch(key: StoredApiKey): void {
    const now = this.deps.clock.now();
    if (now - (key.lastUsedAt ?? 0) < touchEveryMs) return;
    this.byHash.set(key.hash, { ...key, lastUsedAt: now });
    void this.deps.store.touch(key.id, now).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, keyId: key.id }, 'last use of a key was not stored');
    });
  }
}

function expired({ name }: StoredApiKey): MillpondError {
  return new MillpondError(
    'unauthenticated',
    `The API key “${name}” has expired; make a new one on Millpond's Server page`,
    { reason: 'expired_api_key' },
  );
}

/** Everything but the hash. */
function toRecord({
  hash: _secret,
  models,
  allowedIps,
  tags,
  ...record
}: StoredApiKey): ApiKeyRecord {
  return {
    ...record,
    ...(models && { models: [...models] }),
    ...(allowedIps && { allowedIps: [...allowedIps] }),
    ...(tags && { tags: [...tags] }),
  };
}

import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Privacy } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ApiKeyStore, StoredApiKey } from '../ports.ts';
import { hashSecret, randomSecret } from './secret.ts';

/** A key as people see it. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  /** The first characters, enough to recognise it. */
  readonly prefix: string;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  readonly expiresAt?: number;
  readonly poolId?: string;
  readonly models?: readonly string[];
  readonly privacy?: Privacy;
  readonly personId: string;
}

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
  /** Whether the person may use the pool; nobody may if absent. */
  readonly maySeePool?: (personId: string, poolId: string) => boolean;
}

const keyBytes = 32;
const shownCharacters = 10;
const touchEveryMs = 60_000;

export function createApiKeys({ store, clock, logger, maySeePool }: ApiKeysDeps): ApiKeys {
  const byHash = new Map<string, StoredApiKey>();

  function touch(key: StoredApiKey): void {
    const now = clock.now();
    if (now - (key.lastUsedAt ?? 0) < touchEveryMs) return;
    byHash.set(key.hash, { ...key, lastUsedAt: now });
    void store.touch(key.id, now).catch((error: unknown) => {
      logger.warn({ err: error, keyId: key.id }, 'last use of a key was not stored');
    });
  }

  function checkLimits(personId: string, { expiresAt, poolId }: KeyLimits): void {
    if (expiresAt !== undefined && expiresAt <= clock.now()) {
      throw new MillpondError('invalid-request', 'A key has to end in the future', {
        param: 'expiresAt',
      });
    }
    if (poolId !== undefined && maySeePool?.(personId, poolId) !== true) {
      throw new MillpondError('not-found', 'There is no such pool here', { param: 'poolId' });
    }
  }

  return {
    async load() {
      for (const key of await store.list()) byHash.set(key.hash, key);
    },
    list: (personId) =>
      [...byHash.values()]
        .filter((key) => key.personId === personId)
        .toSorted((a, b) => a.createdAt - b.createdAt)
        .map(toRecord),
    async create(personId, name, limits = {}) {
      checkLimits(personId, limits);
      const { expiresAt, poolId, models, privacy } = limits;
      const key = `mp_${randomSecret(keyBytes)}`;
      const stored: StoredApiKey = {
        id: newId(),
        personId,
        name,
        prefix: key.slice(0, shownCharacters),
        hash: hashSecret(key),
        createdAt: clock.now(),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(poolId !== undefined && { poolId }),
        ...(models !== undefined && models.length > 0 && { models }),
        ...(privacy !== undefined && { privacy }),
      };
      await store.insert(stored);
      byHash.set(stored.hash, stored);
      return { key, record: toRecord(stored) };
    },
    async revoke(personId, id) {
      const key = [...byHash.values()].find((each) => each.id === id);
      if (key?.personId !== personId) throw new MillpondError('not-found', 'No such API key');
      byHash.delete(key.hash);
      await store.remove(id);
    },
    async revokeOfPool({ poolId, personId }) {
      const ended = [...byHash.values()].filter(
        (key) => key.poolId === poolId && (personId === undefined || key.personId === personId),
      );
      for (const key of ended) byHash.delete(key.hash);
      await Promise.all(ended.map((key) => store.remove(key.id)));
    },
    find(presented) {
      const key = byHash.get(hashSecret(presented));
      if (key === undefined) return undefined;
      if (key.expiresAt !== undefined && key.expiresAt <= clock.now()) throw expired(key);
      touch(key);
      return key;
    },
  };
}

function expired({ name }: StoredApiKey): MillpondError {
  return new MillpondError(
    'unauthenticated',
    `The API key “${name}” has expired; make a new one on Millpond's Server page`,
    { reason: 'expired_api_key' },
  );
}

/** Everything but the hash. */
function toRecord({ hash: _secret, ...record }: StoredApiKey): ApiKeyRecord {
  return record;
}

import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
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
}

/** API keys: a snapshot in memory, written through to the store. */
export interface ApiKeys {
  /** Fills the snapshot. Called once before the first request. */
  load(): Promise<void>;
  list(personId: string): readonly ApiKeyRecord[];
  /** The only answer that ever holds the key. */
  create(
    personId: string,
    name: string,
  ): Promise<{ readonly key: string; readonly record: ApiKeyRecord }>;
  /** The key stops working at once. Rejects with `not-found` for a key of somebody else. */
  revoke(personId: string, id: string): Promise<void>;
  /** Looks a presented key up by its hash, so that timing tells nothing about the keys that exist. */
  find(presented: string): StoredApiKey | undefined;
}

interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const keyBytes = 32;
const shownCharacters = 10;
const touchEveryMs = 60_000;

export function createApiKeys({ store, clock, logger }: ApiKeysDeps): ApiKeys {
  const byHash = new Map<string, StoredApiKey>();

  function touch(key: StoredApiKey): void {
    const now = clock.now();
    if (now - (key.lastUsedAt ?? 0) < touchEveryMs) return;
    byHash.set(key.hash, { ...key, lastUsedAt: now });
    void store.touch(key.id, now).catch((error: unknown) => {
      logger.warn({ err: error, keyId: key.id }, 'last use of a key was not stored');
    });
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
    async create(personId, name) {
      const key = `mp_${randomSecret(keyBytes)}`;
      const stored: StoredApiKey = {
        id: newId(),
        personId,
        name,
        prefix: key.slice(0, shownCharacters),
        hash: hashSecret(key),
        createdAt: clock.now(),
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
    find(presented) {
      const key = byHash.get(hashSecret(presented));
      if (key !== undefined) touch(key);
      return key;
    },
  };
}

function toRecord(key: StoredApiKey): ApiKeyRecord {
  const { id, name, prefix, createdAt, lastUsedAt } = key;
  return { id, name, prefix, createdAt, ...(lastUsedAt !== undefined && { lastUsedAt }) };
}

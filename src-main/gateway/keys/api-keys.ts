import type { UsageLimits } from '../../contract/limits.ts';
import type { ApiKey } from '../../contract/server.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Privacy } from '../../core/inference.ts';
import { checkIpList, isInList } from '../../platform/http/ip-list.ts';
import type { Logger } from '../../platform/logger.ts';
import type { ApiKeyStore, StoredApiKey } from '../ports.ts';
import { hashSecret, randomSecret } from './secret.ts';

/** A key as people see it. */
export type ApiKeyRecord = ApiKey;

/** What a key is for, and what it may do less than its person. */
export interface KeyFields {
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  readonly poolId?: string | undefined;
  /** Absent or empty: all. */
  readonly models?: readonly string[] | undefined;
  readonly privacy?: Privacy | undefined;
  readonly kind?: 'personal' | 'service' | undefined;
  /** Absent or empty: any. */
  readonly allowedIps?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly limits?: UsageLimits | undefined;
}

/** Each field that is there replaces what was; null takes it away. */
export interface KeyChange {
  readonly name?: string | undefined;
  readonly expiresAt?: number | null | undefined;
  readonly models?: readonly string[] | null | undefined;
  readonly privacy?: Privacy | null | undefined;
  readonly allowedIps?: readonly string[] | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly limits?: UsageLimits | null | undefined;
}

/** API keys: a snapshot in memory, written through to the store. Who may do what with them is asked before. */
export interface ApiKeys {
  /** Fills the snapshot. Called once before the first request. */
  load(): Promise<void>;
  /** Of one person, or of everybody; the oldest first. */
  list(personId?: string): readonly ApiKeyRecord[];
  /** The key with that id, as it stands; read on every request. */
  get(id: string): StoredApiKey | undefined;
  /**
   * The only answer that ever holds the key. Rejects with `invalid-request` for an end that is past or an
   * address that is none, and with `not-found` for a pool that the person does not see.
   */
  create(
    personId: string,
    name: string,
    fields?: KeyFields,
  ): Promise<{ readonly key: string; readonly record: ApiKeyRecord }>;
  /** In force for the next request. Rejects like `create`, and with `not-found` for an unknown id. */
  update(id: string, change: KeyChange): Promise<ApiKeyRecord>;
  /** The key stops working at once. Rejects with `not-found` for a key of somebody else. */
  revoke(personId: string, id: string): Promise<void>;
  /** Ends the keys that are bound to a pool: of one person, or of everybody. They stop at once. */
  revokeOfPool(of: { readonly poolId: string; readonly personId?: string }): Promise<void>;
  /**
   * Looks a presented key up by its hash, so that timing tells nothing about the keys that exist.
   * Undefined for one that is unknown or was revoked. Throws `unauthenticated` for one that has expired,
   * and `forbidden` for an address that it may not come from; absent, the address is not checked.
   */
  find(presented: string, address?: string): StoredApiKey | undefined;
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
  private readonly hashes = new Map<string, string>();

  constructor(deps: ApiKeysDeps) {
    this.deps = deps;
  }

  async load(): Promise<void> {
    for (const key of await this.deps.store.list()) this.keep(key);
  }

  list(personId?: string): readonly ApiKeyRecord[] {
    return this.select((key) => personId === undefined || key.personId === personId)
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map(toRecord);
  }

  get(id: string): StoredApiKey | undefined {
    const hash = this.hashes.get(id);
    return hash === undefined ? undefined : this.byHash.get(hash);
  }

  async create(personId: string, name: string, fields: KeyFields = {}) {
    const { poolId, kind, ...rest } = fields;
    this.check(rest);
    if (poolId !== undefined && this.deps.maySeePool?.(personId, poolId) !== true) {
      throw new MillpondError('not-found', 'There is no such pool here', { param: 'poolId' });
    }
    const key = `mp_${randomSecret(keyBytes)}`;
    const stored: StoredApiKey = {
      ...{ id: newId(), personId, name },
      prefix: key.slice(0, shownCharacters),
      hash: hashSecret(key),
      createdAt: this.deps.clock.now(),
      ...(poolId !== undefined && { poolId }),
      ...(kind !== undefined && { kind }),
      ...changed({}, rest),
    };
    await this.deps.store.insert(stored);
    this.keep(stored);
    return { key, record: toRecord(stored) };
  }

  async update(id: string, change: KeyChange): Promise<ApiKeyRecord> {
    const before = this.get(id);
    if (before === undefined) throw new MillpondError('not-found', 'No such API key');
    this.check(change);
    const { personId, prefix, hash, createdAt, lastUsedAt, poolId, kind } = before;
    const stored: StoredApiKey = {
      ...{ id, personId, prefix, hash, createdAt },
      name: change.name ?? before.name,
      ...(lastUsedAt !== undefined && { lastUsedAt }),
      ...(poolId !== undefined && { poolId }),
      ...(kind !== undefined && { kind }),
      ...changed(before, change),
    };
    await this.deps.store.update(stored);
    // Revoked meanwhile: it stays so.
    if (this.hashes.has(id)) this.keep(stored);
    return toRecord(stored);
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

  find(presented: string, address?: string): StoredApiKey | undefined {
    const key = this.byHash.get(hashSecret(presented));
    if (key === undefined) return undefined;
    if (key.expiresAt !== undefined && key.expiresAt <= this.deps.clock.now()) throw expired(key);
    if (address !== undefined && key.allowedIps && !isInList(key.allowedIps, address)) {
      throw wrongAddress(key, address);
    }
    this.touch(key);
    return key;
  }

  private keep(key: StoredApiKey): void {
    this.byHash.set(key.hash, key);
    this.hashes.set(key.id, key.hash);
  }

  private select(isWanted: (key: StoredApiKey) => boolean): readonly StoredApiKey[] {
    return [...this.byHash.values()].filter(isWanted);
  }

  /** Forgotten first: a key stops working even if the store is slow. */
  private async end(keys: readonly StoredApiKey[]): Promise<void> {
    for (const key of keys) {
      this.byHash.delete(key.hash);
      this.hashes.delete(key.id);
    }
    await Promise.all(keys.map((key) => this.deps.store.remove(key.id)));
  }

  private check({ expiresAt, allowedIps }: Pick<KeyChange, 'expiresAt' | 'allowedIps'>): void {
    if (typeof expiresAt === 'number' && expiresAt <= this.deps.clock.now()) {
      throw new MillpondError('invalid-request', 'A key has to end in the future', {
        param: 'expiresAt',
      });
    }
    checkIpList(allowedIps ?? [], 'allowedIps');
  }

  private touch(key: StoredApiKey): void {
    const now = this.deps.clock.now();
    if (now - (key.lastUsedAt ?? 0) < touchEveryMs) return;
    this.keep({ ...key, lastUsedAt: now });
    void this.deps.store.touch(key.id, now).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, keyId: key.id }, 'last use of a key was not stored');
    });
  }
}

type Changeable = Pick<
  StoredApiKey,
  'expiresAt' | 'models' | 'privacy' | 'allowedIps' | 'tags' | 'limits'
>;

/** What may be said of a key afterwards, after a change. An empty list is none. */
function changed(before: Changeable, change: KeyChange): Changeable {
  const expiresAt = replaced(before.expiresAt, change.expiresAt);
  const models = listed(replaced(before.models, change.models));
  const privacy = replaced(before.privacy, change.privacy);
  const allowedIps = listed(replaced(before.allowedIps, change.allowedIps));
  const tags = listed(replaced(before.tags, change.tags));
  const limits = replaced(before.limits, change.limits);
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    ...(models && { models }),
    ...(privacy && { privacy }),
    ...(allowedIps && { allowedIps: allowedIps.map((entry) => entry.trim()) }),
    ...(tags && { tags }),
    ...(limits && { limits }),
  };
}

function replaced<T>(before: T | undefined, change: T | null | undefined): T | undefined {
  if (change === undefined) return before;
  return change ?? undefined;
}

function listed(list: readonly string[] | undefined): readonly string[] | undefined {
  return list?.length === 0 ? undefined : list;
}

function expired({ name }: StoredApiKey): MillpondError {
  return new MillpondError(
    'unauthenticated',
    `The API key “${name}” has expired; make a new one on Millpond's Server page`,
    { reason: 'expired_api_key' },
  );
}

function wrongAddress({ name }: StoredApiKey, address: string): MillpondError {
  return new MillpondError(
    'forbidden',
    `The API key “${name}” may not be used from ${address}; ask who made it to allow this address`,
    { reason: 'address_not_allowed' },
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

import type { ApiKey } from '../../contract/server.ts';
import type { LimitUse } from '../../contract/limits.ts';
import { MillpondError } from '../../core/error.ts';
import type { PoolRole } from '../../core/node.ts';
import { roleRank } from '../people/scopes.ts';
import type { ApiKeys, KeyChange, KeyFields } from './api-keys.ts';

/** The people whom keys belong to. */
export interface KeyHolders {
  /** At the gateway as a whole; undefined for whoever has no account here. */
  gatewayRole(personId: string): PoolRole | undefined;
  /** Undefined for nobody who is known here. */
  name(personId: string): string | undefined;
}

interface KeyAdministrationDeps {
  readonly keys: ApiKeys;
  readonly holders: KeyHolders;
  /** How far the limits of a key are used. */
  readonly usesOf: (keyId: string) => readonly LimitUse[];
}

export interface NewKey extends KeyFields {
  readonly name: string;
  /** Whose it is to be; absent: of whoever asks. */
  readonly personId?: string | undefined;
}

/** What people do with keys: their own, and for owner and admins those of people below them. */
export class KeyAdministration {
  private readonly deps: KeyAdministrationDeps;

  constructor(deps: KeyAdministrationDeps) {
    this.deps = deps;
  }

  /** Everybody's for owner and admins, one's own for everybody else. */
  list(by: string): readonly ApiKey[] {
    const { keys } = this.deps;
    return (this.isAdmin(by) ? keys.list() : keys.list(by)).map((key) => this.view(key));
  }

  /** Rejects with `forbidden` for somebody of the same rank or above, `not-found` for nobody. */
  async create(by: string, { name, personId = by, ...fields }: NewKey) {
    this.refuseOthers(by, personId);
    const { key, record } = await this.deps.keys.create(personId, name, fields);
    return { key, record: this.named(record) };
  }

  /** Rejects like `create`; a key that one may not see does not exist. */
  async update(by: string, id: string, change: KeyChange): Promise<ApiKey> {
    this.holderOf(id, by);
    return this.view(await this.deps.keys.update(id, change));
  }

  async revoke(by: string, id: string): Promise<void> {
    await this.deps.keys.revoke(this.holderOf(id, by), id);
  }

  private holderOf(id: string, by: string): string {
    const holder = this.deps.keys.get(id)?.personId;
    if (holder === undefined || (holder !== by && !this.isAdmin(by))) {
      throw new MillpondError('not-found', 'No such API key');
    }
    // The keys of whoever is gone may be tidied away.
    if (this.deps.holders.name(holder) !== undefined) this.refuseOthers(by, holder);
    return holder;
  }

  private refuseOthers(by: string, personId: string): void {
    if (personId === by) return;
    if (this.deps.holders.name(personId) === undefined) {
      throw new MillpondError('not-found', 'There is no such person here', { param: 'personId' });
    }
    if (this.isAdmin(by) && this.rank(by) > this.rank(personId)) return;
    throw new MillpondError(
      'forbidden',
      'You can handle keys of your own and of people with a lower role; ask the owner for others',
      { param: 'personId' },
    );
  }

  private isAdmin(personId: string): boolean {
    return this.rank(personId) >= roleRank.admin;
  }

  private rank(personId: string): number {
    const role = this.deps.holders.gatewayRole(personId);
    return role === undefined ? -1 : roleRank[role];
  }

  private view(key: ApiKey): ApiKey {
    return { ...this.named(key), uses: [...this.deps.usesOf(key.id)] };
  }

  private named(key: ApiKey): ApiKey {
    const personName =
      key.personId === undefined ? undefined : this.deps.holders.name(key.personId);
    return { ...key, ...(personName !== undefined && { personName }) };
  }
}

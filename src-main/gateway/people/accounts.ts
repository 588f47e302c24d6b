import type { UsageLimits } from '../../contract/limits.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { PoolRole } from '../../core/node.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';
import type { Passwords } from './account-passwords.ts';
import type { AccountRanks } from './account-ranks.ts';
import { gatewayRoleOf } from './gateway-role.ts';
import type { Invites } from './invites.ts';
import type { Members } from './members.ts';
import type { Access, PeopleParts } from './people-parts.ts';
import type { StoredPerson } from './ports.ts';
import { roleRank } from './scopes.ts';
import { tidyName } from './tidy-name.ts';

export type AccountRole = Exclude<PoolRole, 'owner'>;

export interface NewAccount {
  readonly name: string;
  readonly role: AccountRole;
  readonly limits?: UsageLimits | undefined;
  /** Whose models they may ask; absent: none. */
  readonly pools?: readonly string[] | undefined;
  /** Who asks for it. */
  readonly by: string;
}

export interface AccountChange {
  readonly name?: string | undefined;
  readonly role?: AccountRole | undefined;
  /** Replaces all; null takes them away. */
  readonly limits?: UsageLimits | null | undefined;
  /** Replaces all: they leave those that are not named. */
  readonly pools?: readonly string[] | undefined;
  readonly by: string;
}

/** Leaves the gateway once; whoever has it sets the person's password. */
export interface IssuedCode {
  readonly code: string;
  readonly expiresAt: number;
}

/** Pools by id. */
interface PoolMoves {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

interface AccountsDeps {
  readonly parts: PeopleParts;
  readonly ranks: AccountRanks;
  readonly members: Pick<Members, 'add' | 'leaveAll' | 'poolsOf' | 'refuseManaging' | 'remove'>;
  readonly invites: Pick<Invites, 'revokeOfPerson'>;
  readonly passwords: Pick<Passwords, 'replace'>;
  readonly access: Access;
}

const codeBytes = 16;
const codeLifetimeMs = 24 * 60 * 60_000;

/** Accounts at the gateway as a whole. `by` is always the person who asks for a change. */
export class Accounts {
  private readonly deps: AccountsDeps;

  constructor(deps: AccountsDeps) {
    this.deps = deps;
  }

  /** Everybody who is somebody here, also through a pool alone: by rank, then the oldest first. */
  list(): readonly StoredPerson[] {
    const { state } = this.deps.parts;
    const rank = ({ role }: StoredPerson): number => roleRank[role];
    return state
      .livingPersons()
      .filter(({ id }) => state.isSomebody(id))
      .toSorted((a, b) => rank(b) - rank(a) || a.createdAt - b.createdAt);
  }

  /** Of all that the person asks; read on every request. */
  limitsOf(personId: string): UsageLimits | undefined {
    return this.deps.parts.state.person(personId)?.limits;
  }

  /** Rejects with `forbidden` for a rank that is not theirs to give, and `conflict` for a taken name. */
  create(wish: NewAccount): Promise<IssuedCode & { readonly person: StoredPerson }> {
    return this.deps.parts.turns.take(async () => {
      const { members, ranks } = this.deps;
      const { by, pools = [] } = wish;
      ranks.refuseGrant(wish.role, by);
      for (const poolId of pools) members.refuseManaging(poolId, { by });
      const name = this.freeName(wish.name);
      const { code, stored } = this.newCode();
      const person: StoredPerson = {
        ...{ id: newId(), name, role: wish.role, hasAccount: true, code: stored },
        createdAt: this.deps.parts.clock.now(),
        ...(wish.limits !== undefined && { limits: wish.limits }),
      };
      await this.write(person);
      for (const poolId of pools) await members.add(poolId, person, { by });
      return { person, code, expiresAt: stored.expiresAt };
    });
  }

  /** A role makes an account of somebody who came in through a pool. */
  update(id: string, change: AccountChange): Promise<StoredPerson> {
    return this.deps.parts.turns.take(async () => {
      const { ranks } = this.deps;
      const person = this.require(id);
      ranks.refuseChange(person, change.by);
      const { name, role, limits } = change;
      if (role !== undefined) ranks.refuseGrant(role, change.by);
      const moves = this.movesBetweenPools(id, change);
      const { limits: before, ...rest } = person;
      const kept = limits === undefined ? before : limits;
      const changed: StoredPerson = {
        ...rest,
        ...(name !== undefined && { name: this.freeName(name, id) }),
        ...(role !== undefined && { role, hasAccount: true }),
        ...(kept !== undefined && kept !== null && { limits: kept }),
      };
      await this.write(changed);
      await this.move(changed, moves, change.by);
      return changed;
    });
  }

  /** Ends sessions, keys and memberships at once; books and logs keep the name. */
  remove(id: string, { by }: { readonly by: string }): Promise<void> {
    return this.deps.parts.turns.take(async () => {
      const { parts, ranks, members, invites, access } = this.deps;
      const person = this.require(id);
      ranks.refuseChange(person, by);
      const { passwordHash: _password, code: _code, ...rest } = person;
      const gone: StoredPerson = { ...rest, removedAt: parts.clock.now() };
      parts.state.apply({ kind: 'person', person: gone });
      await access.closeSessions(id);
      await access.endKeysOf(id);
      await members.leaveAll(person);
      await invites.revokeOfPerson(id);
      await parts.store.savePerson(gone);
      parts.logger.info({ personId: id }, 'a person was removed');
    });
  }

  /** Ends their sessions and their old password. */
  resetPassword(id: string, { by }: { readonly by: string }): Promise<IssuedCode> {
    return this.deps.parts.turns.take(async () => {
      const person = this.require(id);
      this.deps.ranks.refuseChange(person, by);
      const { code, stored } = this.newCode();
      const { passwordHash: _old, ...rest } = person;
      const changed = { ...rest, code: stored };
      this.deps.parts.state.apply({ kind: 'person', person: changed });
      await this.deps.access.closeSessions(id);
      await this.deps.parts.store.savePerson(changed);
      return { code, expiresAt: stored.expiresAt };
    });
  }

  /**
   * Uses a code up and sets the password of its person. Rejects with the same `unauthenticated` for a
   * code that never was, was used or is too old.
   */
  async redeem(code: string, password: string): Promise<StoredPerson> {
    const { parts, passwords } = this.deps;
    const hash = hashSecret(code.trim());
    const person = parts.state.livingPersons().find((each) => each.code?.hash === hash);
    if (person?.code === undefined || person.code.expiresAt <= parts.clock.now()) {
      throw new MillpondError(
        'unauthenticated',
        'This code is not known, was used or is older than a day; ask whoever gave it for a new one',
        { reason: 'wrong-code' },
      );
    }
    const { code: _used, ...rest } = person;
    // Used up before the slow part, so that nobody else comes in with it meanwhile.
    parts.state.apply({ kind: 'person', person: rest });
    try {
      return await passwords.replace(rest, password);
    } catch (error) {
      // It can be used again, unless there is a newer one by now.
      const now = parts.state.person(person.id);
      if (now !== undefined && now.code === undefined) {
        parts.state.apply({ kind: 'person', person: { ...now, code: person.code } });
      }
      throw error;
    }
  }

  /** The role at the gateway as a whole; undefined for whoever is somebody only in pools. */
  roleOf(id: string): PoolRole | undefined {
    return gatewayRoleOf(this.deps.parts.state.person(id));
  }

  /** Throws where one of the moves is not for `by` to make. */
  private movesBetweenPools(id: string, { pools, by }: AccountChange): PoolMoves {
    const { members } = this.deps;
    const present = members.poolsOf(id);
    if (pools === undefined) return { joined: [], left: [] };
    const joined = pools.filter((poolId) => !present.includes(poolId));
    const left = present.filter((poolId) => !pools.includes(poolId));
    for (const poolId of [...joined, ...left]) members.refuseManaging(poolId, { by });
    return { joined, left };
  }

  private async move(person: StoredPerson, { joined, left }: PoolMoves, by: string): Promise<void> {
    const { members } = this.deps;
    for (const poolId of left) await members.remove(poolId, person.id, { by });
    for (const poolId of joined) await members.add(poolId, person, { by });
  }

  private newCode() {
    const code = randomSecret(codeBytes);
    const expiresAt = this.deps.parts.clock.now() + codeLifetimeMs;
    return { code, stored: { hash: hashSecret(code), expiresAt } };
  }

  private require(id: string): StoredPerson {
    const { state } = this.deps.parts;
    const person = state.isSomebody(id) ? state.person(id) : undefined;
    if (person !== undefined) return person;
    throw new MillpondError('not-found', 'There is no such person here');
  }

  /** Names sign people in: no two are the same. */
  private freeName(wanted: string, ownId?: string): string {
    const name = tidyName(wanted);
    if (name === '') {
      throw new MillpondError('invalid-request', 'A person needs a name', { param: 'name' });
    }
    const holder = this.deps.parts.state.personNamed(name);
    if (holder === undefined || holder.id === ownId) return name;
    throw new MillpondError('conflict', `There is already somebody called “${holder.name}”`, {
      param: 'name',
    });
  }

  private async write(person: StoredPerson): Promise<void> {
    await this.deps.parts.store.savePerson(person);
    this.deps.parts.state.apply({ kind: 'person', person });
  }
}

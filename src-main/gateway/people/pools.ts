import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Devices } from './devices.ts';
import type { Access, PeopleParts } from './people-parts.ts';
import type { Passwords } from './account-passwords.ts';
import type { RoutingStrategy, StoredPool } from './ports.ts';

export interface PoolWish {
  readonly name?: string | undefined;
  readonly isIsolated?: boolean | undefined;
  readonly strategy?: RoutingStrategy | undefined;
  readonly contributorsFirst?: boolean | undefined;
}

export interface PoolStart {
  readonly name: string;
  /** The owner's, while there is none. */
  readonly password?: string | undefined;
  /** What others call the owner, taken together with that password. */
  readonly ownerName?: string | undefined;
  /** For gateways that show strangers nothing but their set-up until there is a password. */
  readonly isSetUpLater?: boolean;
}

interface PoolsDeps {
  readonly parts: PeopleParts;
  readonly devices: Devices;
  readonly passwords: Passwords;
  readonly access: Access;
  /** Tools of this machine need a key from now on; done before the first pool exists. */
  readonly turnKeylessOff: () => Promise<void>;
}

/** Pools that this gateway holds. */
export class Pools {
  private readonly deps: PoolsDeps;

  constructor(deps: PoolsDeps) {
    this.deps = deps;
  }

  /** Those that run, the oldest first. */
  list(): readonly StoredPool[] {
    return this.deps.parts.state.livingPools();
  }

  find(id: string): StoredPool | undefined {
    return this.deps.parts.state.pool(id);
  }

  /** Those that the person may see. */
  listFor(personId: string): readonly StoredPool[] {
    const { state, ownerId } = this.deps.parts;
    return this.list().filter(
      (pool) => personId === ownerId || state.member(pool.id, personId) !== undefined,
    );
  }

  /**
   * Starts a pool with its owner as first member. Rejects with `invalid-request` for `password` while
   * the owner has none: from the first pool on, others reach this gateway.
   */
  async start({
    name,
    password,
    ownerName = '',
    isSetUpLater = false,
  }: PoolStart): Promise<StoredPool> {
    const { parts, passwords, turnKeylessOff } = this.deps;
    const { state, store, clock, ownerId } = parts;
    if (!isSetUpLater && !passwords.isSet(ownerId)) {
      if (password === undefined) {
        throw new MillpondError(
          'invalid-request',
          'Choose a password first: with a pool others reach this gateway, and you sign in with it',
          { param: 'password', reason: 'password-needed' },
        );
      }
      await passwords.setUp({ name: ownerName, password });
    }
    this.refuseTakenName(name);
    if (this.list().length === 0) await turnKeylessOff();
    const now = clock.now();
    const pool: StoredPool = {
      id: newId(),
      name,
      createdAt: now,
      isIsolated: false,
      strategy: 'expected-time',
      contributorsFirst: true,
    };
    const owner = {
      ...{ poolId: pool.id, personId: ownerId, joinedAt: now },
      role: 'owner',
      models: [],
    } as const;
    await store.insertPool(pool, owner);
    state.apply({ kind: 'pool', pool }, { kind: 'member', member: owner });
    parts.logger.info({ poolId: pool.id }, 'a pool was started');
    return pool;
  }

  async update(id: string, wish: PoolWish): Promise<StoredPool> {
    const { state, store } = this.deps.parts;
    const current = state.requirePool(id);
    const { name, isIsolated, strategy, contributorsFirst } = wish;
    if (name !== undefined) this.refuseTakenName(name, id);
    const pool: StoredPool = {
      ...current,
      ...(name !== undefined && { name }),
      ...(isIsolated !== undefined && { isIsolated }),
      ...(strategy !== undefined && { strategy }),
      ...(contributorsFirst !== undefined && { contributorsFirst }),
    };
    await store.updatePool(pool);
    state.apply({ kind: 'pool', pool });
    if (pool.name !== current.name) this.deps.devices.changed(id);
    return pool;
  }

  /** Ends it at once: its machines are told, its invites, memberships and keys are gone. */
  async remove(id: string): Promise<void> {
    const { parts, devices, access } = this.deps;
    const { state, store, clock, logger } = parts;
    const pool = state.requirePool(id);
    const endedAt = clock.now();
    const members = state.membersOf(id);
    const living = state.devicesOf(id);
    state.apply(
      { kind: 'pool', pool: { ...pool, endedAt } },
      ...members.map(({ personId }) => ({ kind: 'member-gone' as const, poolId: id, personId })),
      { kind: 'invites-gone', poolId: id },
    );
    devices.end(living, endedAt);
    await store.endPool(id, endedAt);
    await access.revokeKeys({ poolId: id });
    for (const { personId } of members) {
      if (!state.isSomebody(personId)) await access.closeSessions(personId);
    }
    logger.info({ poolId: id }, 'a pool was stopped');
  }

  /** `model@pool` and the topology tell pools apart by name. */
  private refuseTakenName(name: string, ownId?: string): void {
    const isTaken = this.list().some(
      (pool) => pool.id !== ownId && pool.name.toLowerCase() === name.toLowerCase(),
    );
    if (!isTaken) return;
    throw new MillpondError('conflict', `There is already a pool called “${name}”`, {
      param: 'name',
    });
  }
}

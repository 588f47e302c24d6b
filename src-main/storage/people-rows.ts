import { z } from 'zod';
import type {
  StoredDevice,
  StoredInvite,
  StoredMember,
  StoredPerson,
  StoredPool,
} from '../gateway/people/ports.ts';
import { optional, readTexts, same, writeJson } from './columns.ts';
import { readLimits } from './limits-column.ts';
import type {
  DevicesTable,
  InvitesTable,
  PersonsTable,
  PoolMembersTable,
  PoolsTable,
} from './schema.ts';

// What only a newer Millpond knows is taken for the narrowest that this one does.

const role = z.enum(['owner', 'admin', 'member', 'viewer']).catch('viewer');
const trust = z.enum(['own', 'trusted', 'guest']).catch('guest');
const rights = z.enum(['serve-and-ask', 'ask', 'serve']).catch('ask');
const strategy = z
  .enum(['expected-time', 'round-robin', 'weighted', 'priority', 'least-busy', 'sticky'])
  .catch('expected-time');

export function personRow(person: StoredPerson): PersonsTable {
  const { id, name, createdAt, passwordHash, hasAccount = false } = person;
  return {
    ...{ id, name, role: person.role },
    created_at: createdAt,
    password_hash: passwordHash ?? null,
    has_account: flag(hasAccount),
    limits: writeJson(person.limits),
    code_hash: person.code?.hash ?? null,
    code_expires_at: person.code?.expiresAt ?? null,
    removed_at: person.removedAt ?? null,
  };
}

export function toPerson(row: PersonsTable): StoredPerson {
  return {
    id: row.id,
    name: row.name,
    role: role.parse(row.role),
    createdAt: row.created_at,
    ...optional('passwordHash', row.password_hash, same),
    ...(row.has_account === 1 && { hasAccount: true }),
    ...optional('limits', row.limits, readLimits),
    ...(row.code_hash !== null &&
      row.code_expires_at !== null && {
        code: { hash: row.code_hash, expiresAt: row.code_expires_at },
      }),
    ...optional('removedAt', row.removed_at, same),
  };
}

export function poolRow(pool: StoredPool): PoolsTable {
  return {
    id: pool.id,
    name: pool.name,
    created_at: pool.createdAt,
    is_isolated: flag(pool.isIsolated),
    strategy: pool.strategy,
    contributors_first: flag(pool.contributorsFirst),
    ended_at: pool.endedAt ?? null,
  };
}

export function toPool(row: PoolsTable): StoredPool {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    isIsolated: row.is_isolated === 1,
    strategy: strategy.parse(row.strategy),
    contributorsFirst: row.contributors_first === 1,
    ...optional('endedAt', row.ended_at, same),
  };
}

export function memberRow(member: StoredMember): PoolMembersTable {
  return {
    pool_id: member.poolId,
    person_id: member.personId,
    role: member.role,
    models: JSON.stringify(member.models),
    joined_at: member.joinedAt,
  };
}

export function toMember(row: PoolMembersTable): StoredMember {
  return {
    poolId: row.pool_id,
    personId: row.person_id,
    role: role.parse(row.role),
    models: readTexts(row.models),
    joinedAt: row.joined_at,
  };
}

export function deviceRow(device: StoredDevice): DevicesTable {
  return {
    id: device.id,
    pool_id: device.poolId,
    person_id: device.personId,
    public_key: device.publicKey,
    name: device.name,
    trust: device.trust,
    may_serve: flag(device.mayServe),
    may_ask: flag(device.mayAsk),
    epoch: device.epoch,
    created_at: device.createdAt,
    last_seen_at: device.lastSeenAt ?? null,
    revoked_at: device.revokedAt ?? null,
  };
}

export function toDevice(row: DevicesTable): StoredDevice {
  return {
    id: row.id,
    poolId: row.pool_id,
    personId: row.person_id,
    publicKey: row.public_key,
    name: row.name,
    trust: trust.parse(row.trust),
    mayServe: row.may_serve === 1,
    mayAsk: row.may_ask === 1,
    epoch: row.epoch,
    createdAt: row.created_at,
    ...optional('lastSeenAt', row.last_seen_at, same),
    ...optional('revokedAt', row.revoked_at, same),
  };
}

export function inviteRow(invite: StoredInvite): InvitesTable {
  const { id, hash, prefix, uses } = invite;
  return {
    ...{ id, hash, prefix, uses },
    pool_id: invite.poolId,
    created_at: invite.createdAt,
    expires_at: invite.expiresAt ?? null,
    max_uses: invite.maxUses ?? null,
    role: invite.role,
    trust: invite.trust,
    rights: invite.rights,
    models: JSON.stringify(invite.models),
    person_id: invite.personId ?? null,
    revoked_at: invite.revokedAt ?? null,
  };
}

export function toInvite(row: InvitesTable): StoredInvite {
  const { id, hash, prefix, uses } = row;
  return {
    ...{ id, hash, prefix, uses },
    poolId: row.pool_id,
    createdAt: row.created_at,
    role: role.parse(row.role),
    trust: trust.parse(row.trust),
    rights: rights.parse(row.rights),
    models: readTexts(row.models),
    ...optional('expiresAt', row.expires_at, same),
    ...optional('maxUses', row.max_uses, same),
    ...optional('personId', row.person_id, same),
    ...optional('revokedAt', row.revoked_at, same),
  };
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

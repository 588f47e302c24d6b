import type { NodeTrust, PoolRole } from '../../core/node.ts';
import type { UsageLimits } from '../../contract/limits.ts';
import type { Pool } from '../../contract/pools.ts';

export type RoutingStrategy = Pool['strategy'];

/** Somebody with an account at this gateway. Each installation has one owner. */
export interface StoredPerson {
  readonly id: string;
  readonly name: string;
  /**
   * At the gateway as a whole, for whoever has an account there (`gateway-role.ts`); what they may do in
   * a pool stands in the membership.
   */
  readonly role: PoolRole;
  /** Was given an account here. Others came in through a pool and are nobody outside of pools. */
  readonly hasAccount?: boolean;
  /** See `passwords.ts`; absent while none was set. */
  readonly passwordHash?: string;
  /** Of all that they ask, whatever key they use; absent: none. */
  readonly limits?: UsageLimits;
  /** A one-time code that sets a password. SHA-256, lower-case hex: the code itself is never stored. */
  readonly code?: { readonly hash: string; readonly expiresAt: number };
  readonly createdAt: number;
  /** Gone since then; only books and logs still name them. */
  readonly removedAt?: number;
}

export interface StoredPool {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly isIsolated: boolean;
  readonly strategy: RoutingStrategy;
  readonly contributorsFirst: boolean;
  /** Stopped for good then; kept so that its machines are told why they are refused. */
  readonly endedAt?: number;
}

/** A person in a pool. */
export interface StoredMember {
  readonly poolId: string;
  readonly personId: string;
  readonly role: PoolRole;
  /** Models that they may ask; empty: all. */
  readonly models: readonly string[];
  readonly joinedAt: number;
}

/** A device of a person in one pool: called a membership on the device itself. */
export interface StoredDevice {
  readonly id: string;
  readonly poolId: string;
  readonly personId: string;
  /** Ed25519, raw 32 bytes. One key belongs to one membership. */
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly trust: NodeTrust;
  readonly mayServe: boolean;
  readonly mayAsk: boolean;
  /** The highest that it ever connected with. */
  readonly epoch: number;
  readonly createdAt: number;
  readonly lastSeenAt?: number;
  readonly revokedAt?: number;
}

export type InviteRights = 'serve-and-ask' | 'ask' | 'serve';

export interface StoredInvite {
  readonly id: string;
  readonly poolId: string;
  /** SHA-256 of the secret, lower-case hex. The secret itself is never stored. */
  readonly hash: string;
  readonly prefix: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly maxUses?: number;
  readonly uses: number;
  readonly role: PoolRole;
  readonly trust: NodeTrust;
  readonly rights: InviteRights;
  /** Empty: all. */
  readonly models: readonly string[];
  /** Whose devices it lets in; absent: each use makes a new person. */
  readonly personId?: string;
  readonly revokedAt?: number;
}

export interface StoredPeople {
  readonly persons: readonly StoredPerson[];
  readonly pools: readonly StoredPool[];
  readonly members: readonly StoredMember[];
  readonly devices: readonly StoredDevice[];
  readonly invites: readonly StoredInvite[];
}

/** A device that comes in, with whatever has to be made for it. Written as one. */
export interface Arrival {
  readonly device: StoredDevice;
  /** New here. */
  readonly person?: StoredPerson;
  /** New in this pool. */
  readonly member?: StoredMember;
  /** The invite that pays for it, by id; absent when the owner said yes in person. */
  readonly inviteId?: string;
  /** Against which the invite's end is held. */
  readonly now: number;
}

/** Pools and people at rest. The gateway keeps its own snapshot; nothing here is on the hot path. */
export interface PeopleStore {
  load(): Promise<StoredPeople>;
  /** Makes the person or changes all but id and time of making. */
  savePerson(person: StoredPerson): Promise<void>;
  /** Makes the pool with its first member. */
  insertPool(pool: StoredPool, owner: StoredMember): Promise<void>;
  /** Changes everything but id and times. */
  updatePool(pool: StoredPool): Promise<void>;
  /** Marks the pool and its devices as ended and forgets its members and invites, as one. */
  endPool(poolId: string, at: number): Promise<void>;
  /** Somebody who is known already, and in the pool not yet. */
  insertMember(member: StoredMember): Promise<void>;
  updateMember(member: StoredMember): Promise<void>;
  /** Forgets the member and marks all their devices of the pool as revoked, as one. */
  removeMember(poolId: string, personId: string, at: number): Promise<void>;
  /**
   * Uses the invite up by one and lets the device in, both or neither. False when the invite has no use
   * left, was revoked or has expired: nothing is written then.
   */
  arrive(arrival: Arrival): Promise<boolean>;
  /** Name and trust. */
  updateDevice(device: StoredDevice): Promise<void>;
  revokeDevice(id: string, at: number): Promise<void>;
  /** Never lowers the epoch. */
  touchDevice(id: string, epoch: number, seenAt: number): Promise<void>;
  /** All or none. */
  insertInvites(invites: readonly StoredInvite[]): Promise<void>;
  revokeInvite(id: string, at: number): Promise<void>;
}

/** Who this gateway is, for hop lists and certificates. */
export interface StoredGatewayIdentity {
  readonly gatewayId: string;
  /** The authority's certificate, PEM. Its key is a secret and lies elsewhere. */
  readonly certificate: string;
  readonly createdAt: number;
}

export interface GatewayIdentityStore {
  read(): Promise<StoredGatewayIdentity | undefined>;
  /** Replaces what was there. */
  write(identity: StoredGatewayIdentity): Promise<void>;
}

/** Where secrets lie encrypted. */
export interface Secrets {
  read(name: string): Promise<string | undefined>;
  write(name: string, value: string | undefined): Promise<void>;
}

import type { ErrorBody } from '../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../core/inference.ts';
import type {
  NodeAdvert,
  NodeCommand,
  NodeLoad,
  NodeTrust,
  PoolModel,
  PoolRole,
  SlotContents,
} from '../core/node.ts';

/** Why a side says no for good; the sentence beside it is for people. */
export type RefusalReason =
  | 'invalid-invite'
  | 'invite-expired'
  | 'invite-used-up'
  | 'invite-revoked'
  | 'membership-revoked'
  | 'unknown-member'
  | 'bad-signature'
  | 'stale-epoch'
  | 'version-too-old'
  | 'version-too-new'
  | 'declined'
  | 'pool-stopped'
  /** The certificate is not the one that the invite pins. Said by the node about the gateway. */
  | 'wrong-gateway';

/** What an invite or an owner's yes made of a device. */
export interface MembershipGrant {
  readonly membershipId: string;
  readonly poolId: string;
  readonly poolName: string;
  readonly gatewayName: string;
  readonly personName: string;
  readonly role: PoolRole;
  readonly trust: NodeTrust;
  readonly mayServe: boolean;
  readonly mayAsk: boolean;
}

// The gateway's side ------------------------------------------------------------------------------

export interface Enrolment {
  /** The secret part of the invite. */
  readonly invite: string;
  /** Ed25519, raw 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly deviceName: string;
  readonly personName: string;
}

export type Knock = Omit<Enrolment, 'invite'> & {
  /** Where it came from, for the owner to see. */
  readonly address?: string;
};

/** A membership as the tunnel checks it at every connect. */
export interface KnownMembership extends MembershipGrant {
  readonly personId: string;
  readonly publicKey: Uint8Array;
  /** The highest epoch that was ever accepted: smaller and equal ones are refused. */
  readonly epoch: number;
}

/** What the tunnel's server asks the gateway. Throws or rejects with `TunnelRefusal` to say no. */
export interface TunnelGate {
  /** The gateway's own name in hop lists. */
  readonly gatewayId: string;
  enrol(enrolment: Enrolment): Promise<MembershipGrant>;
  /** Resolves when the owner said yes; rejects with `declined`. The words were made by the caller. */
  knock(knock: Knock, words: readonly string[], signal: AbortSignal): Promise<MembershipGrant>;
  /** Whom a knocking person is asking. */
  greeting(): { readonly poolName: string; readonly ownerName: string };
  /** Undefined when it never existed or was revoked; a revoked one throws with its sentence. */
  membership(id: string): KnownMembership | undefined;
  /** Called before `connected`: the epoch is in force from now on, also after a restart. */
  epochUsed(membershipId: string, epoch: number): void;
  /** A machine is connected; the link replaces any earlier one of the same membership. */
  connected(link: NodeLink): void;
  /** A member asks. The envelope holds wishes only: who asks follows from the membership. */
  call(
    member: KnownMembership,
    request: InferenceRequest,
    options: InferOptions,
  ): AsyncIterable<InferenceChunk>;
  errorReported(membershipId: string, report: NodeErrorReport): void;
}

export interface NodeErrorReport {
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** Everything a pool tells those who ask; sent at connect and when it changed. */
export interface PoolNews {
  readonly poolName: string;
  readonly models: readonly PoolModel[];
  readonly machinesOnline: number;
  /** Who can read a prompt that is asked with the default privacy. */
  readonly readers: readonly { readonly machine: string; readonly person: string }[];
}

/** One live connection of one machine, as the gateway sees it. */
export interface NodeLink {
  readonly membershipId: string;
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Undefined until the first advert: then it only asks. */
  readonly advert: NodeAdvert | undefined;
  readonly load: NodeLoad | undefined;
  /** What its slots hold, as last reported. */
  readonly slots: readonly SlotContents[];
  /** Of the last heartbeat, in milliseconds; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** Milliseconds by which the machine's clock is ahead of ours. */
  readonly clockSkewMs: number;
  readonly isOnline: boolean;
  /** The machine said that it finishes and leaves. */
  readonly isDraining: boolean;
  /** The network path that was seen: its remote address. */
  readonly remoteAddress: string;
  /** Requests that run on it now. */
  readonly runs: number;
  /**
   * Lets the machine answer. Rejects before content with what it said (`overloaded`, …) or, when it did
   * not accept within 2 s, with `timeout`; after content with `unavailable` and reason `node-lost`
   * once waiting for its return is over.
   */
  infer(request: InferenceRequest, options: InferOptions): AsyncIterable<InferenceChunk>;
  command(command: NodeCommand, signal: AbortSignal): Promise<void>;
  /** Tells the machine what the pool offers. */
  tell(news: PoolNews): void;
  /** The membership as it is from now on, after a change of name, role or trust. */
  update(membership: KnownMembership): void;
  /** Takes nothing new, ends what runs, closes. */
  drain(reason: string): Promise<void>;
  /** Closes at once and for good, with a refusal that stops its retrying. */
  refuse(reason: RefusalReason, message: string): void;
  on(event: 'changed' | 'slots' | 'closed', listener: () => void): () => void;
}

// The machine's side ------------------------------------------------------------------------------

/** What the tunnel's client asks the machine that it connects. */
export interface NodeHost {
  /** Undefined: it only asks. */
  advert(): NodeAdvert | undefined;
  load(): NodeLoad | undefined;
  /** What the slots hold now; sent after each answer. */
  slots(): readonly SlotContents[];
  /** The owner's own limits; a refusal travels to the gateway, which asks elsewhere. */
  admit(request: InferenceRequest): Admission;
  command(command: NodeCommand, signal: AbortSignal): Promise<void>;
  /** Calls back when `advert` has changed. */
  onAdvertChanged(listener: () => void): () => void;
  /** Calls back when slots hold something else. */
  onSlotsChanged(listener: () => void): () => void;
}

export type Admission =
  | { readonly ok: true; infer(options: InferOptions): AsyncIterable<InferenceChunk> }
  | { readonly ok: false; readonly failure: ErrorBody };

/** A membership as the machine keeps it. The private key is a secret of the secret store. */
export interface StoredMembership extends MembershipGrant {
  readonly gateway: GatewayAddress;
  /** Last used; the next connection uses the next one. */
  readonly epoch: number;
  readonly joinedAt: number;
}

/** A pool that announces itself on this network: an offer, never trusted by itself. */
export interface NearbyOffer {
  readonly id: string;
  readonly poolName: string;
  readonly ownerName: string;
  readonly gatewayName: string;
  readonly address: string;
  readonly gateway: GatewayAddress;
}

/** Where a gateway is and how it is recognised. */
export interface GatewayAddress {
  /** `host:port`, the best first; tried in parallel under the one pin. */
  readonly candidates: readonly string[];
  /** SHA-256 of the CA's SPKI, base64url; or a public certificate whose host name is verified. */
  readonly trust:
    | { readonly kind: 'pin'; readonly spki: string }
    | { readonly kind: 'webpki'; readonly host: string };
}

/**
 * How a connection stands, in the order of a life.
 * - `connecting` dialling · `online` · `waiting` will dial again at `retryAt` · `closed` final
 */
export type TunnelState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'connecting'; readonly since: number }
  | {
      readonly phase: 'online';
      readonly since: number;
      readonly address: string;
      readonly roundTripMs?: number;
    }
  | {
      readonly phase: 'waiting';
      readonly retryAt: number;
      /** One sentence: what failed. */
      readonly problem: string;
    }
  | { readonly phase: 'closed'; readonly reason?: RefusalReason; readonly message?: string };

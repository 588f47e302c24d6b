import type { Privacy } from '../core/inference.ts';
import type { Scope } from './ports.ts';
import { thisMachineOnly } from './ports.ts';

/** What follows from who somebody is, whatever way they came in. */
interface CallerRights {
  readonly personId: string;
  /** The pool that is asked; absent: this machine itself, and every pool in scope. */
  readonly poolId?: string;
  /** Which machines exist for the caller; absent: this one alone. */
  readonly scope?: Scope;
  /** The only models that may be asked for; absent: all in scope. */
  readonly models?: readonly string[];
  /** Who may read the prompts at most; absent: any machine that the request itself allows. */
  readonly privacy?: Privacy;
  /** Named by whoever passes a request on: kept apart from every tenant of this gateway. */
  readonly tenant?: string;
  /** Of the key, for sorting usage. */
  readonly tags?: readonly string[];
  /** Prompts of one person share no cache with those of others in the pool. */
  readonly isIsolated?: boolean;
}

/** Who makes a request. Made only by the authenticator, the tunnel's gate, or the app for its own window. */
export type Caller = CallerRights &
  (
    | { readonly kind: 'window' }
    /** Somebody who signed in; the owner at this machine needs no name. */
    | { readonly kind: 'session'; readonly sessionId: string; readonly name?: string }
    | { readonly kind: 'key'; readonly keyId: string; readonly name: string }
    | { readonly kind: 'keyless' }
    /** A member's own gateway, asking through its tunnel for its person. */
    | { readonly kind: 'member'; readonly membershipId: string; readonly name: string }
  );

/** How the caller is named in Activity: `window`, `owner`, the name of a key or person, or `keyless`. */
export function callerLabel(caller: Caller): string {
  switch (caller.kind) {
    case 'window':
    case 'keyless':
      return caller.kind;
    case 'session':
      return caller.name ?? 'owner';
    case 'key':
    case 'member':
      return caller.name;
  }
}

/** Fairness key: requests under one key wait behind each other first. */
export function callerQueue(caller: Caller): string {
  switch (caller.kind) {
    case 'window':
    case 'keyless':
      return caller.kind;
    case 'key':
      return `key:${caller.keyId}`;
    case 'session':
    case 'member':
      // Several windows and devices of one person are one place in line.
      return `person:${caller.personId}`;
  }
}

const strictness: Readonly<Record<Privacy, number>> = { 'this-machine': 2, trusted: 1, any: 0 };

/**
 * Who may read the prompt: trusted machines, or whom the request names, but never more than the limit
 * of the caller. Whoever did not prove who they are stays on this machine.
 */
export function callerPrivacy(caller: Caller, wish?: Privacy): Privacy {
  const { privacy, kind } = caller;
  const limit = kind === 'keyless' ? 'this-machine' : privacy;
  if (wish === undefined) return limit ?? 'trusted';
  return limit === undefined || strictness[wish] >= strictness[limit] ? wish : limit;
}

/** Machines and models that exist for the caller. */
export function callerScope({ scope = thisMachineOnly, models }: Caller): Scope {
  if (models === undefined) return scope;
  const own = scope.models;
  return {
    ...scope,
    models: own === undefined ? models : models.filter((model) => own.includes(model)),
  };
}

/** Whose prompts may share a cache: the pool's, one person's where it isolates, or one's own. */
export function callerTenant({ tenant, poolId, isIsolated = false, personId }: Caller): string {
  if (tenant !== undefined) return tenant;
  return poolId === undefined || isIsolated ? personId : poolId;
}

const someoneIsWaiting = 9;
const ordinary = 5;

export function callerPriority(caller: Caller): number {
  return caller.kind === 'window' ? someoneIsWaiting : ordinary;
}

import type { Privacy } from '../core/inference.ts';

/** Who makes a request. Made only by the authenticator, or by the app for its own window. */
export type Caller =
  | { readonly kind: 'window'; readonly personId: string }
  | { readonly kind: 'session'; readonly personId: string; readonly sessionId: string }
  | {
      readonly kind: 'key';
      readonly personId: string;
      readonly keyId: string;
      readonly name: string;
    }
  | { readonly kind: 'keyless'; readonly personId: string };

/** How the caller is named in Activity: `window`, `owner`, the key's name, or `keyless`. */
export function callerLabel(caller: Caller): string {
  switch (caller.kind) {
    case 'window':
    case 'keyless':
      return caller.kind;
    case 'session':
      return 'owner';
    case 'key':
      return caller.name;
  }
}

/** Fairness key: requests under one key wait behind each other first. */
export function callerQueue(caller: Caller): string {
  return caller.kind === 'key' ? `key:${caller.keyId}` : caller.kind;
}

/**
 * Whoever did not prove who they are stays on this machine. In the window a person chooses a model that
 * says where it runs: that choice is the permission.
 */
export function callerPrivacy(caller: Caller): Privacy {
  return caller.kind === 'keyless' ? 'this-machine' : 'trusted';
}

const someoneIsWaiting = 9;
const ordinary = 5;

export function callerPriority(caller: Caller): number {
  return caller.kind === 'window' ? someoneIsWaiting : ordinary;
}

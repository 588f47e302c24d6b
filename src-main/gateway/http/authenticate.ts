import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Caller } from '../caller.ts';
import type { ApiKeys } from '../keys/api-keys.ts';
import { FailedKeys } from '../keys/failed-keys.ts';
import type { GatewayPreferences } from '../ports.ts';
import type { Scopes } from '../people/scopes.ts';
import { networkOf } from '../sessions/login-limit.ts';
import type { Peer } from '../sessions/login-limit.ts';
import { ownerSessionId } from '../sessions/sessions.ts';
import type { Session, Sessions } from '../sessions/sessions.ts';
import type { Door } from './door.ts';

/**
 * Values that tools send when a person has no key to give. On keyless loopback they mean "no key";
 * anything else that is not a key of ours is refused, so that a typo is never mistaken for access.
 */
export const keylessPlaceholders: ReadonlySet<string> = new Set([
  'keyless',
  'not-needed',
  'none',
  'EMPTY',
  'sk-no-key-required',
  'lm-studio',
  'ollama',
]);

export interface Authenticator {
  /** The person this installation belongs to. */
  readonly ownerPersonId: string;
  /**
   * Who asks for an inference or the model list. Throws `unauthenticated`, `forbidden` for a key that may
   * not come from there, and `rate-limited` for whoever keeps sending wrong ones.
   */
  caller(headers: IncomingHttpHeaders, door: Door, peer: Peer): Caller;
  /** Whose session a control call belongs to. Throws `unauthenticated`. */
  session(headers: IncomingHttpHeaders, door: Door): Session;
}

interface AuthenticatorDeps {
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly preferences: () => GatewayPreferences;
  /** On whose behalf keyless callers of this machine act. */
  readonly ownerPersonId: string;
  /** Whose machines exist for whom; absent: nobody but the owner is anybody here. */
  readonly scopes?: Pick<Scopes, 'of' | 'isIsolated'>;
  /** What people are called in Activity. */
  readonly nameOf?: (personId: string) => string | undefined;
  readonly clock: Clock;
}

export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const failedKeys = new FailedKeys(deps.clock);
  return {
    ownerPersonId: deps.ownerPersonId,
    caller(headers, door, peer) {
      const credential = presentedCredential(headers);
      if (credential !== undefined && !keylessPlaceholders.has(credential)) {
        try {
          return knownCaller(credential, door, peer, deps);
        } catch (refusal) {
          if (MillpondError.from(refusal).code !== 'unauthenticated') throw refusal;
          throw failedKeys.note(networkOf(peer.address)) ?? refusal;
        }
      }
      // Whoever comes over the network is never taken for somebody at this machine.
      if (door === 'public' || !deps.preferences().keyless) {
        throw new MillpondError(
          'unauthenticated',
          "An API key is needed here: make one on Millpond's Server page and send it as 'Authorization: Bearer KEY'",
          { reason: 'missing_api_key' },
        );
      }
      const header = forwardingHeader(headers);
      if (header !== undefined) {
        throw new MillpondError(
          'unauthenticated',
          `This request came through a proxy ('${header}'), so it needs an API key`,
          { reason: 'missing_api_key' },
        );
      }
      return { kind: 'keyless', personId: deps.ownerPersonId };
    },
    session(headers, door) {
      const credential = presentedCredential(headers);
      const session = credential === undefined ? undefined : sessionOf(credential, door, deps);
      if (session !== undefined) return session;
      throw new MillpondError('unauthenticated', 'Sign in first: this session is not known', {
        reason: 'invalid_session',
      });
    },
  };
}

function knownCaller(
  credential: string,
  door: Door,
  { address }: Peer,
  deps: AuthenticatorDeps,
): Caller {
  const key = deps.keys.find(credential, address);
  if (key !== undefined) {
    const { id: keyId, name, models, privacy, tags } = key;
    return {
      ...{ kind: 'key', keyId, name },
      ...rightsOf(key, deps),
      ...(models !== undefined && { models }),
      ...(privacy !== undefined && { privacy }),
      ...(tags !== undefined && { tags }),
    };
  }
  const session = sessionOf(credential, door, deps);
  if (session !== undefined) {
    const rights = rightsOf(session, deps);
    // At the public door even the owner is a visitor: what is not shared stays at this machine.
    const scope = rights.scope && { ...rights.scope, isVisitor: true };
    const name = deps.nameOf?.(session.personId);
    return {
      ...{ kind: 'session', ...session, ...rights },
      ...(door === 'public' && scope && { scope }),
      ...(name !== undefined && session.personId !== deps.ownerPersonId && { name }),
    };
  }
  throw new MillpondError('unauthenticated', 'This API key is not known here');
}

/** What exists for a person, or for a key of theirs that is bound to one pool. */
function rightsOf(
  { personId, poolId }: { readonly personId: string; readonly poolId?: string },
  { scopes }: AuthenticatorDeps,
): Pick<Caller, 'personId' | 'scope' | 'poolId' | 'isIsolated'> {
  if (scopes === undefined) return { personId };
  const scope = scopes.of(personId, poolId);
  // Who is a visitor in one pool alone asks that pool, whether they say so or not.
  const asked = poolId ?? (scope.isVisitor === true ? onlyOf(scope.pools) : undefined);
  if (asked === undefined) return { personId, scope };
  return { personId, scope, poolId: asked, isIsolated: scopes.isIsolated(asked) };
}

function onlyOf(pools: readonly string[]): string | undefined {
  return pools.length === 1 ? pools[0] : undefined;
}

/** The bearer of this start of the program lies in a file of this machine, and is for this machine. */
function sessionOf(
  credential: string,
  door: Door,
  { sessions }: AuthenticatorDeps,
): Session | undefined {
  const session = sessions.find(credential);
  return door === 'public' && session?.sessionId === ownerSessionId ? undefined : session;
}

/** The one place that reads credentials; query strings and cookies are never looked at. */
function presentedCredential(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  // Tools with an empty key field send the scheme alone, which presents nothing.
  if (authorization !== undefined && !/^Bearer *$/i.test(authorization)) {
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return bearer;
    throw new MillpondError('unauthenticated', "Send the key as 'Authorization: Bearer KEY'");
  }
  const apiKey = headers['x-api-key'];
  return typeof apiKey === 'string' && apiKey !== '' ? apiKey : undefined;
}

/** What reverse proxies, tunnels and content networks add; a program on this machine sends none. */
const forwardingHeaders =
  /^(?:forwarded|via|cdn-loop|client-ip|true-client-ip|x-real-ip|x-client-ip|x-original-.+|x-forwarded(?:-.+)?|x-envoy-.+|.*cluster-client-ip|cf-.+|fly-.+|fastly-.+|tailscale-.+)$/;

/** A proxy on this machine makes strangers look local: its headers give it away. */
function forwardingHeader(headers: IncomingHttpHeaders): string | undefined {
  return Object.keys(headers).find((name) => forwardingHeaders.test(name));
}

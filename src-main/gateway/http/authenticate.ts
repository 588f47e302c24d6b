import type { IncomingHttpHeaders } from 'node:http';
import { MillpondError } from '../../core/error.ts';
import type { Caller } from '../caller.ts';
import type { ApiKeys } from '../keys/api-keys.ts';
import type { GatewayPreferences } from '../ports.ts';
import type { Session, Sessions } from '../sessions/sessions.ts';

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
  /** Who asks for an inference or the model list. Throws `unauthenticated`. */
  caller(headers: IncomingHttpHeaders): Caller;
  /** Whose session a control call belongs to. Throws `unauthenticated`. */
  session(headers: IncomingHttpHeaders): Session;
}

interface AuthenticatorDeps {
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly preferences: () => GatewayPreferences;
  /** On whose behalf keyless callers of this machine act. */
  readonly ownerPersonId: string;
}

export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  return {
    caller(headers) {
      const credential = presentedCredential(headers);
      if (credential !== undefined && !keylessPlaceholders.has(credential)) {
        return callerOf(credential, deps);
      }
      if (!deps.preferences().keyless) {
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
    session(headers) {
      const credential = presentedCredential(headers);
      const session = credential === undefined ? undefined : deps.sessions.find(credential);
      if (session !== undefined) return session;
      throw new MillpondError('unauthenticated', 'Sign in first: this session is not known', {
        reason: 'invalid_session',
      });
    },
  };
}

function callerOf(credential: string, { keys, sessions }: AuthenticatorDeps): Caller {
  const key = keys.find(credential);
  if (key !== undefined) {
    return { kind: 'key', personId: key.personId, keyId: key.id, name: key.name };
  }
  const session = sessions.find(credential);
  if (session !== undefined) return { kind: 'session', ...session };
  throw new MillpondError('unauthenticated', 'This API key is not known here');
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

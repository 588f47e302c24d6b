import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Logger } from '../../platform/logger.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';
import type { People } from '../people/create-people.ts';
import { LoginLimit } from './login-limit.ts';
import type { Peer } from './login-limit.ts';
import type { Sessions } from './sessions.ts';

type Token = Promise<{ readonly token: string }>;

/** Getting a bearer by password, and the very first password of a gateway without a window. */
export interface SignIn {
  /** What a page needs to know before anybody has signed in. */
  welcome(): {
    readonly gatewayName: string;
    readonly needsSetup: boolean;
    readonly hasPassword: boolean;
  };
  /** Rejects with `unauthenticated` or `rate-limited`. */
  signIn(input: { readonly name: string; readonly password: string }, peer: Peer): Token;
  /** The owner's name and first password. Rejects with `unauthenticated`, `conflict` or `rate-limited`. */
  setUp(
    input: { readonly code: string; readonly name: string; readonly password: string },
    peer: Peer,
  ): Token;
  /** For whom a trusted proxy names. Rejects with `unauthenticated` where it names nobody, `forbidden` for a stranger. */
  proxySignIn(peer: Peer): Token;
  /** Sets a password by one-time code. Rejects with `unauthenticated` or `rate-limited`. */
  redeemCode(input: { readonly code: string; readonly password: string }, peer: Peer): Token;
  /** Strangers get the set-up page and nothing else. */
  readonly needsSetup: () => boolean;
  /** 128 random bits for the log of a gateway that needs its set-up; the same until it is used. */
  setUpCode(): string | undefined;
}

interface SignInDeps {
  readonly people: Pick<People, 'accounts' | 'passwords' | 'ownerId'>;
  readonly sessions: Pick<Sessions, 'openFor'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gatewayName: () => string;
  /** Nobody sits at this machine: until a password is set, the public port shows the set-up. */
  readonly isHeadless: boolean;
}

const codeBytes = 16;
/** All names that nobody has count as one account, so that guessing names is slowed down too. */
const nobody = 'nobody';
/** By address alone: strangers who guess must not keep the owner from setting up. */
const setUpAccount = ({ address }: Peer): string => `set-up ${address}`;
const codeAccount = ({ address }: Peer): string => `code ${address}`;

export function createSignIn(deps: SignInDeps): SignIn {
  const { people, sessions, isHeadless, gatewayName } = deps;
  const { passwords, ownerId } = people;
  const logger = deps.logger.child({ component: 'sign-in' });
  const limit = new LoginLimit(deps.clock);
  let code: string | undefined;

  const hasPassword = (): boolean => passwords.isSet(ownerId);
  const needsSetup = (): boolean => isHeadless && !hasPassword();

  function refuse(peer: Peer, message: string): MillpondError {
    logger.warn({ address: peer.address }, 'somebody could not sign in');
    return new MillpondError('unauthenticated', message, { reason: 'wrong-password' });
  }

  return {
    welcome: () => ({
      gatewayName: gatewayName(),
      needsSetup: needsSetup(),
      hasPassword: hasPassword(),
    }),
    needsSetup,
    setUpCode() {
      if (!needsSetup()) return undefined;
      code ??= randomSecret(codeBytes);
      return code;
    },
    async signIn({ name, password }, peer) {
      const attempt = limit.begin(peer, passwords.personOf(name)?.id ?? nobody);
      const person = await passwords.verify(name, password).catch((error: unknown) => {
        attempt.undo();
        throw error;
      });
      if (person === undefined) throw refuse(peer, 'The name or the password is not right');
      attempt.right();
      logger.info({ personId: person.id, address: peer.address }, 'somebody signed in');
      return sessions.openFor(person.id);
    },
    proxySignIn: (peer) => signInNamed(peer, { ...deps, logger }),
    redeemCode: (input, peer) => redeem(input, peer, { ...deps, logger, limit }),

    async setUp({ code: given, name, password }, peer) {
      const attempt = limit.begin(peer, setUpAccount(peer));
      if (!needsSetup()) {
        attempt.undo();
        throw new MillpondError('conflict', 'This gateway has been set up; sign in instead', {
          reason: 'already-set-up',
        });
      }
      if (code === undefined || !isSame(given, code)) {
        throw refuse(peer, "The code is not right; it stands in the gateway's log");
      }
      attempt.right();
      await passwords.setUp({ name, password });
      code = undefined;
      logger.info({ address: peer.address }, 'this gateway was set up');
      return sessions.openFor(ownerId);
    },
  };
}

/** A trusted proxy says who it is. */
async function signInNamed(
  { proxyUser, address }: Peer,
  { people, sessions, logger }: Pick<SignInDeps, 'people' | 'sessions' | 'logger'>,
): Token {
  if (proxyUser === undefined) {
    throw new MillpondError('unauthenticated', 'No proxy in front of this gateway names anybody', {
      reason: 'no-proxy-user',
    });
  }
  const person = people.passwords.personOf(proxyUser);
  // A name that somebody chose when they joined a pool is no account.
  if (person === undefined || people.accounts.roleOf(person.id) === undefined) {
    throw new MillpondError(
      'forbidden',
      `You are signed in as '${proxyUser}', whom nobody has added here; ask the owner of this gateway`,
      { reason: 'unknown-proxy-user' },
    );
  }
  logger.info({ personId: person.id, address }, 'somebody signed in by the proxy');
  return sessions.openFor(person.id);
}

type RedeemDeps = Pick<SignInDeps, 'people' | 'sessions' | 'logger'> & {
  readonly limit: LoginLimit;
};

async function redeem(
  { code, password }: { readonly code: string; readonly password: string },
  peer: Peer,
  { people, sessions, logger, limit }: RedeemDeps,
): Token {
  const attempt = limit.begin(peer, codeAccount(peer));
  const person = await people.accounts.redeem(code, password).catch((error: unknown) => {
    // Only a wrong code is a guess.
    if (!isWrongCode(error)) attempt.undo();
    else logger.warn({ address: peer.address }, 'somebody gave a wrong one-time code');
    throw error;
  });
  attempt.right();
  logger.info({ personId: person.id, address: peer.address }, 'a one-time code was used');
  return sessions.openFor(person.id);
}

function isWrongCode(error: unknown): boolean {
  return error instanceof MillpondError && error.code === 'unauthenticated';
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(given.trim())), Buffer.from(hashSecret(expected)));
}

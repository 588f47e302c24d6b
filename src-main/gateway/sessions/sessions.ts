import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';
import type { SessionStore, StoredSession } from '../ports.ts';
import { createLoginCodes } from './login-codes.ts';

export interface Session {
  readonly sessionId: string;
  readonly personId: string;
}

/** Who is signed in: bearers that windows and command lines keep. Cookies authorise nothing. */
export interface Sessions {
  /** Fills the snapshot and forgets sessions that nobody used for 30 days. */
  load(): Promise<void>;
  /** A login code: 128 random bits, one use, 60 seconds. */
  createCode(personId: string): string;
  /** Swaps a code for a bearer. Rejects with `unauthenticated` or `rate-limited`. */
  open(code: string): Promise<{ readonly token: string }>;
  find(token: string): Session | undefined;
  /** The bearer stops working at once; its open sockets are told through `onClosed`. */
  close(sessionId: string): Promise<void>;
  onClosed(listener: (sessionId: string) => void): void;
}

interface SessionsDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The bearer that this start of the program gave to its owner's shell and command line. */
  readonly owner: { readonly personId: string; readonly token: string };
}

/** The owner's bearer belongs to this start of the program and cannot be closed. */
export const ownerSessionId = 'owner';

const tokenBytes = 32;
const idleLimitMs = 30 * 24 * 60 * 60_000;
const touchEveryMs = 10 * 60_000;

export function createSessions({ store, clock, logger, owner }: SessionsDeps): Sessions {
  const codes = createLoginCodes(clock);
  const byHash = new Map<string, StoredSession>();
  const listeners: ((sessionId: string) => void)[] = [];
  const ownerHash = hashSecret(owner.token);

  function touch(session: StoredSession): void {
    const now = clock.now();
    if (now - session.lastUsedAt < touchEveryMs) return;
    byHash.set(session.tokenHash, { ...session, lastUsedAt: now });
    void store.touch(session.id, now).catch((error: unknown) => {
      logger.warn({ err: error, sessionId: session.id }, 'last use of a session was not stored');
    });
  }

  return {
    async load() {
      const usedAfter = clock.now() - idleLimitMs;
      for (const session of await store.list()) {
        if (session.lastUsedAt > usedAfter) byHash.set(session.tokenHash, session);
        else await store.remove(session.id);
      }
    },
    createCode: (personId) => codes.create(personId),
    async open(code) {
      const personId = codes.redeem(code);
      const token = `ms_${randomSecret(tokenBytes)}`;
      const now = clock.now();
      const session: StoredSession = {
        id: newId(),
        personId,
        tokenHash: hashSecret(token),
        createdAt: now,
        lastUsedAt: now,
      };
      await store.insert(session);
      byHash.set(session.tokenHash, session);
      return { token };
    },
    find(token) {
      const hash = hashSecret(token);
      if (hash === ownerHash) return { sessionId: ownerSessionId, personId: owner.personId };
      const session = byHash.get(hash);
      if (session === undefined) return undefined;
      touch(session);
      return { sessionId: session.id, personId: session.personId };
    },
    async close(sessionId) {
      const session = [...byHash.values()].find((each) => each.id === sessionId);
      if (session === undefined) return;
      byHash.delete(session.tokenHash);
      for (const listener of listeners) listener(sessionId);
      await store.remove(sessionId);
    },
    onClosed(listener) {
      listeners.push(listener);
    },
  };
}

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
  /** A bearer for somebody who proved who they are in another way. */
  openFor(personId: string): Promise<{ readonly token: string }>;
  find(token: string): Session | undefined;
  /** Every bearer of one person stops working at once. */
  closeAll(personId: string): Promise<void>;
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

  async function start(personId: string): Promise<{ readonly token: string }> {
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
  }

  async function end(ended: readonly StoredSession[]): Promise<void> {
    for (const { tokenHash } of ended) byHash.delete(tokenHash);
    for (const { id } of ended) for (const listener of listeners) listener(id);
    await Promise.all(ended.map(({ id }) => store.remove(id)));
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
      return start(codes.redeem(code));
    },
    openFor: start,
    find(token) {
      const hash = hashSecret(token);
      if (hash === ownerHash) return { sessionId: ownerSessionId, personId: owner.personId };
      const session = byHash.get(hash);
      if (session === undefined) return undefined;
      touch(session);
      return { sessionId: session.id, personId: session.personId };
    },
    close: (sessionId) => end([...byHash.values()].filter(({ id }) => id === sessionId)),
    closeAll: (personId) =>
      end([...byHash.values()].filter((session) => session.personId === personId)),
    onClosed(listener) {
      listeners.push(listener);
    },
  };
}

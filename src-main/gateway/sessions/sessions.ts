import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';
import type { SessionStore, StoredSession } from '../ports.ts';
import { createLoginCodes } from './login-codes.ts';
import type { LoginCodes } from './login-codes.ts';

export interface Session {
  readonly sessionId: string;
  readonly personId: string;
}

/** Who is signed in: bearers that windows and command lines keep. Cookies authorise nothing. */
export interface Sessions {
  /** Fills the snapshot. Sessions that nobody used for 30 days are no more, also later on. */
  load(): Promise<void>;
  /** A login code: 128 random bits, one use, 60 seconds. */
  createCode(personId: string): string;
  /** Swaps a code for a bearer. Rejects with `unauthenticated` or `rate-limited`. */
  open(code: string): Promise<{ readonly token: string }>;
  /** A bearer for somebody who proved who they are in another way. */
  openFor(personId: string): Promise<{ readonly token: string }>;
  find(token: string): Session | undefined;
  /** When the person last used any of their bearers, to about ten minutes; undefined for none. */
  lastUsedAt(personId: string): number | undefined;
  /** Every bearer of one person stops working at once, but for the one that is kept. */
  closeAll(personId: string, keptSessionId?: string): Promise<void>;
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

export function createSessions(deps: SessionsDeps): Sessions {
  return new SessionSnapshot(deps);
}

class SessionSnapshot implements Sessions {
  private readonly deps: SessionsDeps;
  private readonly codes: LoginCodes;
  private readonly byHash = new Map<string, StoredSession>();
  private readonly listeners: ((sessionId: string) => void)[] = [];
  private readonly ownerHash: string;

  constructor(deps: SessionsDeps) {
    this.deps = deps;
    this.codes = createLoginCodes(deps.clock);
    this.ownerHash = hashSecret(deps.owner.token);
  }

  async load(): Promise<void> {
    const { store, clock } = this.deps;
    const usedAfter = clock.now() - idleLimitMs;
    for (const session of await store.list()) {
      if (session.lastUsedAt > usedAfter) this.byHash.set(session.tokenHash, session);
      else await store.remove(session.id);
    }
  }

  createCode(personId: string): string {
    return this.codes.create(personId);
  }

  async open(code: string): Promise<{ readonly token: string }> {
    return this.openFor(this.codes.redeem(code));
  }

  async openFor(personId: string): Promise<{ readonly token: string }> {
    const token = `ms_${randomSecret(tokenBytes)}`;
    const now = this.deps.clock.now();
    const session: StoredSession = {
      ...{ id: newId(), personId, tokenHash: hashSecret(token) },
      ...{ createdAt: now, lastUsedAt: now },
    };
    await this.deps.store.insert(session);
    this.byHash.set(session.tokenHash, session);
    return { token };
  }

  find(token: string): Session | undefined {
    const hash = hashSecret(token);
    if (hash === this.ownerHash) {
      return { sessionId: ownerSessionId, personId: this.deps.owner.personId };
    }
    const session = this.byHash.get(hash);
    if (session === undefined) return undefined;
    if (this.deps.clock.now() - session.lastUsedAt >= idleLimitMs) {
      this.forget(session);
      return undefined;
    }
    this.touch(session);
    return { sessionId: session.id, personId: session.personId };
  }

  lastUsedAt(personId: string): number | undefined {
    const theirs = [...this.byHash.values()].filter((session) => session.personId === personId);
    return theirs.length === 0 ? undefined : Math.max(...theirs.map((each) => each.lastUsedAt));
  }

  async close(sessionId: string): Promise<void> {
    await this.end(({ id }) => id === sessionId);
  }

  async closeAll(personId: string, keptSessionId?: string): Promise<void> {
    await this.end((session) => session.personId === personId && session.id !== keptSessionId);
  }

  onClosed(listener: (sessionId: string) => void): void {
    this.listeners.push(listener);
  }

  private async end(isEnding: (session: StoredSession) => boolean): Promise<void> {
    const ended = [...this.byHash.values()].filter(isEnding);
    for (const { tokenHash } of ended) this.byHash.delete(tokenHash);
    for (const { id } of ended) for (const listener of this.listeners) listener(id);
    await Promise.all(ended.map(({ id }) => this.deps.store.remove(id)));
  }

  /** Nobody used it for too long. */
  private forget({ id }: StoredSession): void {
    void this.close(id).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, sessionId: id }, 'an idle session was not removed');
    });
  }

  private touch(session: StoredSession): void {
    const now = this.deps.clock.now();
    if (now - session.lastUsedAt < touchEveryMs) return;
    this.byHash.set(session.tokenHash, { ...session, lastUsedAt: now });
    void this.deps.store.touch(session.id, now).catch((error: unknown) => {
      const data = { err: error, sessionId: session.id };
      this.deps.logger.warn(data, 'last use of a session was not stored');
    });
  }
}

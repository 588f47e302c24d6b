import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { hashSecret, randomSecret } from '../keys/secret.ts';

/** One-time codes that open a session: 128 random bits, one use, 60 seconds. */
export interface LoginCodes {
  create(personId: string): string;
  /** The person behind a code, which is used up by this. Throws `unauthenticated` or `rate-limited`. */
  redeem(code: string): string;
}

const codeBytes = 16;
const lifetimeMs = 60_000;
const maxOpenCodes = 100;
const wrongCodesPerMinute = 10;

export function createLoginCodes(clock: Clock): LoginCodes {
  const open = new Map<string, { readonly personId: string; readonly expiresAt: number }>();
  let wrongAt: readonly number[] = [];

  function refuseGuessing(now: number): void {
    wrongAt = wrongAt.filter((at) => now - at < lifetimeMs);
    const oldest = wrongAt[0];
    if (wrongAt.length < wrongCodesPerMinute || oldest === undefined) return;
    throw new MillpondError('rate-limited', 'Too many wrong login codes; wait a minute', {
      retryAfterMs: oldest + lifetimeMs - now,
    });
  }

  return {
    create(personId) {
      const now = clock.monotonic();
      for (const [hash, code] of open) if (code.expiresAt <= now) open.delete(hash);
      const oldest = open.keys().next();
      if (open.size >= maxOpenCodes && !oldest.done) open.delete(oldest.value);
      const code = randomSecret(codeBytes);
      open.set(hashSecret(code), { personId, expiresAt: now + lifetimeMs });
      return code;
    },
    redeem(code) {
      const now = clock.monotonic();
      refuseGuessing(now);
      const hash = hashSecret(code);
      const found = open.get(hash);
      open.delete(hash);
      if (found !== undefined && found.expiresAt > now) return found.personId;
      wrongAt = [...wrongAt, now];
      throw new MillpondError(
        'unauthenticated',
        'This login link is used up or too old; ask for a new one where Millpond was started',
      );
    },
  };
}

import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';

/** Where somebody tries to get in from. */
export interface Peer {
  readonly address: string;
  /** Came in at the loopback door: a program of this machine. */
  readonly isThisMachine: boolean;
  /** Whom a reverse proxy in front has signed in. */
  readonly proxyUser?: string;
}

interface Tries {
  readonly wrong: number;
  readonly lastAt: number;
  /** Nobody tries again before. */
  readonly waitUntil: number;
}

const freeTries = 5;
const firstWaitMs = 1000;
const longestWaitMs = 5 * 60_000;
/** Whoever was quiet for so long begins anew. */
const forgottenAfterMs = 60 * 60_000;
const maxRemembered = 10_000;

/**
 * Slows guessing down: after five wrong passwords in a row, 1 second, then 2, 4 … up to 5 minutes, for
 * the address and for the account. The door is part of both: strangers who guess at the public port
 * never make the owner wait on this machine.
 */
export class LoginLimit {
  private readonly clock: Clock;
  /** Oldest try first. */
  private readonly tries = new Map<string, Tries>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Counts a try before it is checked, so that many at once are not one. Throws `rate-limited`. The
   * returned function takes it back: the password was right, or could not be checked.
   */
  begin(peer: Peer, account: string): { readonly right: () => void; readonly undo: () => void } {
    const keys = keysOf(peer, account);
    const now = this.clock.monotonic();
    this.forget(now);
    const waitUntil = Math.max(...keys.map((key) => this.tries.get(key)?.waitUntil ?? 0));
    if (waitUntil > now) {
      throw new MillpondError(
        'rate-limited',
        `Too many wrong passwords; wait ${wordsFor(waitUntil - now)} and try again`,
        { retryAfterMs: waitUntil - now, reason: 'too-many-tries' },
      );
    }
    const before = keys.map((key) => [key, this.tries.get(key)] as const);
    for (const key of keys) this.count(key, now);
    return {
      right: () => {
        for (const key of keys) this.tries.delete(key);
      },
      undo: () => {
        for (const [key, tries] of before) {
          if (tries === undefined) this.tries.delete(key);
          else this.tries.set(key, tries);
        }
      },
    };
  }

  private count(key: string, now: number): void {
    const wrong = (this.tries.get(key)?.wrong ?? 0) + 1;
    const over = wrong - freeTries;
    const waitMs = over < 0 ? 0 : Math.min(firstWaitMs * 2 ** over, longestWaitMs);
    // Taken out first, so that the order is that of the last tries.
    this.tries.delete(key);
    this.tries.set(key, { wrong, lastAt: now, waitUntil: now + waitMs });
  }

  private forget(now: number): void {
    for (const [key, { lastAt }] of this.tries) {
      if (now - lastAt < forgottenAfterMs && this.tries.size < maxRemembered) return;
      this.tries.delete(key);
    }
  }
}

function keysOf({ address, isThisMachine }: Peer, account: string): readonly string[] {
  const door = isThisMachine ? 'here' : 'public';
  const from = isThisMachine ? '' : networkOf(address);
  return [`${door} account ${account}`, `${door} address ${from}`];
}

/** An IPv6 network hands out 2^64 addresses to each guest: the network counts. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.padStart(4, '0'))
    .join(':');
}

function wordsFor(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 60) return seconds === 1 ? 'a second' : `${seconds.toString()} seconds`;
  return `${Math.ceil(seconds / 60).toString()} minutes`;
}

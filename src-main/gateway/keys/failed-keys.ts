import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';

const windowMs = 60_000;
const maxPerWindow = 20;
const maxRemembered = 10_000;

/**
 * Keeps those who send wrong keys from doing so for ever: 20 a minute from one network, whatever the keys
 * were. Keys that are known always work: nobody guesses 256 bits, and one wrong tool in an office must not
 * lock its colleagues out.
 */
export class FailedKeys {
  private readonly clock: Clock;
  /** When each network failed in the last minute; the network that failed last is last. */
  private readonly failures = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Counts a failure. Answers what the caller is told in place of it, once there were too many. */
  note(network: string): MillpondError | undefined {
    const now = this.clock.monotonic();
    const before = this.failures.get(network) ?? [];
    const recent = before.filter((at) => now - at < windowMs);
    const [oldest] = recent;
    this.failures.delete(network);
    if (oldest !== undefined && recent.length >= maxPerWindow) {
      this.failures.set(network, recent);
      return new MillpondError(
        'rate-limited',
        'Too many requests with wrong API keys came from this address; check the key and try again in a minute',
        { reason: 'too-many-wrong-keys', retryAfterMs: oldest + windowMs - now },
      );
    }
    this.failures.set(network, [...recent, now]);
    for (const forgotten of this.failures.keys()) {
      if (this.failures.size <= maxRemembered) break;
      this.failures.delete(forgotten);
    }
    return undefined;
  }
}

import type { Clock } from '../../core/clock.ts';

const windowMs = 60_000;
/** Addresses remembered at most; beyond it the oldest are forgotten first. */
const maxAddresses = 10_000;

/** Lets each address do something so many times a minute. */
export class AddressLimit {
  private readonly clock: Clock;
  private readonly perMinute: number;
  private readonly times = new Map<string, number[]>();

  constructor(clock: Clock, perMinute: number) {
    this.clock = clock;
    this.perMinute = perMinute;
  }

  /** Whether the address has used up its minute. */
  isReached(address: string): boolean {
    return this.recent(address).length >= this.perMinute;
  }

  count(address: string): void {
    const recent = [...this.recent(address), this.clock.monotonic()];
    this.times.delete(address);
    this.times.set(address, recent);
    const [oldest] = this.times.keys();
    if (this.times.size > maxAddresses && oldest !== undefined) this.times.delete(oldest);
  }

  private recent(address: string): readonly number[] {
    const since = this.clock.monotonic() - windowMs;
    return (this.times.get(address) ?? []).filter((time) => time > since);
  }
}

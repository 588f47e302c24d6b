import type { Clock } from '../../core/clock.ts';
import type { Upstream } from '../ports.ts';
import type { InFlight } from './expected-time/ranking.ts';
import { modelKeyOf } from './expected-time/ranking.ts';

interface Account {
  /** Answers that this gateway has sent there and that have not ended. */
  own: number;
  /** Requests in line that would go there first. */
  waiting: number;
  /** The busy slots last reported, and how many answers of ours were there when we learned of it. */
  busy: number;
  ownWhenSeen: number;
  seenAt: number;
}

/** A report that has not changed for so long is held against what we know by now. */
const reportAgesAfterMs = 5000;

/**
 * Credits: what this gateway has sent to each model of each upstream. Reports of a machine are older
 * than our own decisions, so two decisions of one moment are told apart only by this count.
 */
export class Reservations {
  private readonly clock: Clock;
  private readonly accounts = new Map<string, Account>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Answers that are under way, over all upstreams. */
  get total(): number {
    let total = 0;
    for (const { own } of this.accounts.values()) total += own;
    return total;
  }

  /** Takes one credit; the returned function gives it back, once. */
  take(upstream: Upstream, model: string): () => void {
    return this.count(upstream, model, 'own');
  }

  /** A request in line would go there first; the returned function ends that, once. */
  expect(upstream: Upstream, model: string): () => void {
    return this.count(upstream, model, 'waiting');
  }

  inFlight(upstreamId: string, modelKey: string): InFlight {
    const account = this.accounts.get(keyOf(upstreamId, modelKey));
    return { answers: account?.own ?? 0, waiting: account?.waiting ?? 0 };
  }

  /** Answers that the upstream takes right now; infinite where it keeps its own line. */
  free(upstream: Upstream, model: string): number {
    const { offer } = upstream;
    if (offer?.slots === undefined) return Infinity;
    const account = this.account(upstream, model);
    this.see(account, offer.busySlots);
    const others = Math.max(0, account.busy - account.ownWhenSeen);
    const free = offer.slots - account.own - others;
    this.tidy(upstream, model, account);
    return free;
  }

  /** A new report, or one that has aged, says how many slots others use besides us. */
  private see(account: Account, busy: number): void {
    const now = this.clock.monotonic();
    if (account.busy === busy && now - account.seenAt < reportAgesAfterMs) return;
    account.busy = busy;
    account.ownWhenSeen = account.own;
    account.seenAt = now;
  }

  private count(upstream: Upstream, model: string, what: 'own' | 'waiting'): () => void {
    const account = this.account(upstream, model);
    account[what] += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      account[what] -= 1;
      this.tidy(upstream, model, account);
    };
  }

  private account(upstream: Upstream, model: string): Account {
    const key = accountKey(upstream, model);
    const known = this.accounts.get(key);
    if (known !== undefined) return known;
    const busy = upstream.offer?.busySlots ?? 0;
    const seenAt = this.clock.monotonic();
    const account = { own: 0, waiting: 0, busy, ownWhenSeen: 0, seenAt };
    this.accounts.set(key, account);
    return account;
  }

  /** Only what is in use is remembered. */
  private tidy(upstream: Upstream, model: string, account: Account): void {
    const isIdle = account.own === 0 && account.waiting === 0;
    const key = accountKey(upstream, model);
    if (isIdle && account.busy === 0 && this.accounts.get(key) === account) {
      this.accounts.delete(key);
    }
  }
}

function accountKey({ id, offer }: Upstream, model: string): string {
  return keyOf(
    id,
    modelKeyOf({ model, ...(offer?.digest !== undefined && { digest: offer.digest }) }),
  );
}

function keyOf(upstreamId: string, modelKey: string): string {
  return `${upstreamId}\n${modelKey}`;
}

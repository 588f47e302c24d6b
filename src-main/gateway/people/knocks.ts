import type { Knock as KnockRecord } from '../../contract/pool-people.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { NodeTrust } from '../../core/node.ts';
import type { KnownMembership } from '../../tunnel/ports.ts';
import { TunnelRefusal } from '../../tunnel/refusal.ts';
import type { Arrivals, Newcomer } from './arrivals.ts';
import { tidyName } from './tidy-name.ts';
import type { PeopleParts } from './people-parts.ts';
import { knockDeclined, knockUnanswered, noPool, tooManyKnocks } from './refusals.ts';

/** Who asks, and from where where that is known. */
export interface KnockingDevice extends Newcomer {
  readonly address?: string;
}

export interface KnockAnswer {
  readonly accept: boolean;
  /** The pool that it joins; the oldest if absent. */
  readonly poolId?: string | undefined;
  readonly trust?: NodeTrust | undefined;
}

interface Pending {
  readonly record: KnockRecord;
  readonly device: KnockingDevice;
  /** The pool that it was told about. */
  readonly poolId: string;
  settle(outcome: KnownMembership | TunnelRefusal | undefined): void;
}

const answeredWithinMs = 5 * 60_000;
const maxPending = 20;

/** Devices that ask to be let in; kept in memory only, until their owner answers or time is up. */
export class Knocks {
  private readonly parts: PeopleParts;
  private readonly arrivals: Arrivals;
  private readonly pending = new Map<string, Pending>();

  constructor(parts: PeopleParts, arrivals: Arrivals) {
    this.parts = parts;
    this.arrivals = arrivals;
  }

  /** Oldest first. */
  list(): readonly KnockRecord[] {
    return [...this.pending.values()].map(({ record }) => record);
  }

  /** Resolves when the owner said yes; rejects with a refusal, or as aborted when the asker left. */
  async wait(
    device: KnockingDevice,
    words: readonly string[],
    signal: AbortSignal,
  ): Promise<KnownMembership> {
    signal.throwIfAborted();
    const pool = this.parts.state.livingPools()[0];
    if (pool === undefined) throw noPool();
    const again = [...this.pending.values()].find(
      (each) => Buffer.compare(each.device.publicKey, device.publicKey) === 0,
    );
    again?.settle(undefined);
    if (this.pending.size >= maxPending) throw tooManyKnocks();
    const outcome = await this.ask(device, words, { poolId: pool.id, signal });
    if (outcome instanceof TunnelRefusal) throw outcome;
    if (outcome !== undefined) return outcome;
    signal.throwIfAborted();
    throw new MillpondError('cancelled', 'The device asked again');
  }

  /** Throws `not-found` when it is not waiting any more. */
  async answer(id: string, { accept, poolId, trust = 'trusted' }: KnockAnswer): Promise<void> {
    const knock = this.pending.get(id);
    if (knock === undefined) {
      throw new MillpondError('not-found', 'Nobody asks to join any more: they left or gave up');
    }
    const { state, clock, news } = this.parts;
    const pool = state.requirePool(poolId ?? knock.poolId);
    if (!accept) {
      const refusal = knockDeclined(this.ownerName());
      knock.settle(refusal);
      const { deviceName: machine, personName: person } = knock.record;
      const facts = { machine, person, reason: refusal.message };
      news.event(pool.id, clock.now(), { kind: 'knock-declined', ...facts });
      return;
    }
    const { device } = knock;
    const known = this.arrivals.known(pool.id, device.publicKey);
    const terms = { role: 'member', rights: 'serve-and-ask', models: [] } as const;
    // Without an invite nothing can be used up: it always comes in.
    const member =
      known ?? (await this.arrivals.letIn(device, { ...terms, poolId: pool.id, trust }));
    knock.settle(member);
  }

  private ask(
    device: KnockingDevice,
    words: readonly string[],
    { poolId, signal }: { readonly poolId: string; readonly signal: AbortSignal },
  ): Promise<KnownMembership | TunnelRefusal | undefined> {
    const { clock, news } = this.parts;
    const record: KnockRecord = {
      id: newId(),
      at: clock.now(),
      deviceName: tidyName(device.deviceName),
      personName: tidyName(device.personName),
      words: [...words],
      address: device.address ?? '',
    };
    return new Promise((resolve) => {
      const settle: Pending['settle'] = (outcome) => {
        if (!this.pending.delete(record.id)) return;
        stopTimer();
        signal.removeEventListener('abort', leave);
        news.knocksChanged();
        resolve(outcome);
      };
      const leave = (): void => {
        settle(undefined);
      };
      const stopTimer = clock.after(answeredWithinMs, () => {
        settle(knockUnanswered(this.ownerName()));
      });
      signal.addEventListener('abort', leave, { once: true });
      this.pending.set(record.id, { record, device, poolId, settle });
      const { deviceName: machine, personName: person } = record;
      news.event(poolId, record.at, { kind: 'knock', machine, person });
      news.knocksChanged();
    });
  }

  private ownerName(): string {
    return this.parts.state.person(this.parts.ownerId)?.name ?? 'The owner';
  }
}

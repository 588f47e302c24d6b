import type { Clock } from '../../core/clock.ts';
import type { ModelRates } from '../../core/node.ts';

/** What was measured of a model on this machine since the start. */
export interface Measured {
  /** Absent before the first answer that was alone. */
  readonly rates?: ModelRates;
  /** How long its newest load took. */
  readonly loadMs?: number;
}

/** What its owner used so lately stays loaded while others want the memory. */
const ownerKeepsMs = 10 * 60_000;

/** What outlives the loads of a model: who used it when, and how fast it turned out to be. */
export class ModelRecord {
  private readonly clock: Pick<Clock, 'now'>;
  private latestUse = 0;
  private ownersLatestUse = -Infinity;
  private rates: ModelRates | undefined;
  private loadMs: number | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.clock = clock;
  }

  /** Epoch milliseconds. */
  get lastUsedAt(): number {
    return this.latestUse;
  }

  /** Its owner used it or asked for it lately. */
  get wasOwnersLately(): boolean {
    return this.clock.now() - this.ownersLatestUse < ownerKeepsMs;
  }

  get measured(): Measured {
    const { rates, loadMs } = this;
    return { ...(rates && { rates }), ...(loadMs !== undefined && { loadMs }) };
  }

  noteUse(): void {
    this.latestUse = this.clock.now();
  }

  noteOwner(): void {
    this.ownersLatestUse = this.clock.now();
  }

  noteLoad(tookMs: number): void {
    this.loadMs = tookMs;
  }

  /** Keeps what an engine has measured; nothing while it has not. */
  noteRates(rates: ModelRates | undefined): void {
    this.rates = rates ?? this.rates;
  }
}

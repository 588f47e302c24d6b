import type { ModelRates } from '../../core/node.ts';
import type { NodeRates, StoredRate } from './ports.ts';

/** Machines times models that are remembered. */
const maxEntries = 10_000;

/** What this run measured; before that, what earlier runs did. */
export class RateMemory implements NodeRates {
  private readonly measured: NodeRates;
  private readonly stored: Map<string, StoredRate>;

  constructor(measured: NodeRates, stored: readonly StoredRate[]) {
    this.measured = measured;
    this.stored = new Map(stored.map((rate) => [keyOf(rate.upstreamId, rate.modelKey), rate]));
  }

  of(upstreamId: string, modelKey: string): ModelRates | undefined {
    const measured = this.measured.of(upstreamId, modelKey);
    if (measured) return measured;
    const stored = this.stored.get(keyOf(upstreamId, modelKey));
    if (!stored) return undefined;
    const { prefillPerSecond, decodePerSecond } = stored;
    return { prefillPerSecond, decodePerSecond };
  }

  /** Takes over what was measured of these by now; everything that is worth keeping, oldest first. */
  collect(
    models: Iterable<{ readonly upstreamId: string; readonly modelKey: string }>,
    now: number,
  ): readonly StoredRate[] {
    for (const { upstreamId, modelKey } of models) {
      const rates = this.measured.of(upstreamId, modelKey);
      if (!rates) continue;
      const key = keyOf(upstreamId, modelKey);
      this.stored.delete(key);
      this.stored.set(key, { upstreamId, modelKey, ...rates, at: now });
    }
    for (const key of this.stored.keys()) {
      if (this.stored.size <= maxEntries) break;
      this.stored.delete(key);
    }
    return [...this.stored.values()];
  }

  forget(upstreamId: string): void {
    for (const [key, rate] of this.stored) {
      if (rate.upstreamId === upstreamId) this.stored.delete(key);
    }
  }
}

function keyOf(upstreamId: string, modelKey: string): string {
  return `${upstreamId}\n${modelKey}`;
}

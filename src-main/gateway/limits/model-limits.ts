import type { UsageLimits } from '../../contract/limits.ts';
import type { ModelLimitStore } from './ports.ts';

/** What may be asked of each model by everybody together: a snapshot, written through to the store. */
export class ModelLimits {
  private readonly store: ModelLimitStore;
  private readonly limits = new Map<string, UsageLimits>();

  constructor(store: ModelLimitStore) {
    this.store = store;
  }

  /** Fills the snapshot. Called once before the first request. */
  async load(): Promise<void> {
    for (const { modelId, limits } of await this.store.list()) this.limits.set(modelId, limits);
  }

  /** Models that have limits, by name. */
  list(): readonly { readonly modelId: string; readonly limits: UsageLimits }[] {
    return [...this.limits]
      .map(([modelId, limits]) => ({ modelId, limits }))
      .toSorted((a, b) => a.modelId.localeCompare(b.modelId));
  }

  of(modelId: string): UsageLimits | undefined {
    return this.limits.get(modelId);
  }

  /** Holds from the next request on. Nothing takes the limits away. */
  async set(modelId: string, limits: UsageLimits | undefined): Promise<void> {
    if (limits === undefined) {
      await this.store.remove(modelId);
      this.limits.delete(modelId);
      return;
    }
    await this.store.save(modelId, limits);
    this.limits.set(modelId, limits);
  }
}

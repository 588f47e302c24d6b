import type { UsageLimits } from '../../contract/limits.ts';
import { MillpondError } from '../../core/error.ts';
import type { ModelLimitStore } from './ports.ts';

/** What may be asked of each model by everybody together: a snapshot, written through to the store. */
export class ModelLimits {
  private readonly store: ModelLimitStore;
  private readonly limits = new Map<string, UsageLimits>();
  /** Those of the config file, over the stored ones. */
  private filed: ReadonlyMap<string, UsageLimits> = new Map();

  constructor(store: ModelLimitStore) {
    this.store = store;
  }

  /** Fills the snapshot. Called once before the first request. */
  async load(): Promise<void> {
    for (const { modelId, limits } of await this.store.list()) this.limits.set(modelId, limits);
  }

  /** Models that have limits, by name. */
  list(): readonly { readonly modelId: string; readonly limits: UsageLimits }[] {
    return [...new Map([...this.limits, ...this.filed])]
      .map(([modelId, limits]) => ({ modelId, limits }))
      .toSorted((a, b) => a.modelId.localeCompare(b.modelId));
  }

  of(modelId: string): UsageLimits | undefined {
    return this.filed.get(modelId) ?? this.limits.get(modelId);
  }

  /** What the config file says from now on, in place of what it said before. */
  useFile(limits: readonly { readonly model: string; readonly limits: UsageLimits }[]): void {
    this.filed = new Map(limits.map((each) => [each.model, each.limits]));
  }

  /**
   * Holds from the next request on. Nothing takes the limits away. Rejects with `conflict` for those of
   * the config file.
   */
  async set(modelId: string, limits: UsageLimits | undefined): Promise<void> {
    if (this.filed.has(modelId)) {
      throw new MillpondError(
        'conflict',
        `The limits of “${modelId}” stand in the config file; change them there`,
        { reason: 'locked-by-file' },
      );
    }
    if (limits === undefined) {
      await this.store.remove(modelId);
      this.limits.delete(modelId);
      return;
    }
    await this.store.save(modelId, limits);
    this.limits.set(modelId, limits);
  }
}

import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { Clock } from '../core/clock.ts';

interface ModelAnnouncerDeps {
  readonly clock: Clock;
  readonly describe: (id: string) => InstalledModel;
  readonly publish: (model: InstalledModel) => void;
}

const shortestPauseMs = 500;

/** Tells tabs about a model: a new phase at once, numbers at most twice a second. */
export class ModelAnnouncer {
  private readonly deps: ModelAnnouncerDeps;
  private readonly phases = new Map<string, string>();
  private readonly toldAt = new Map<string, number>();
  private readonly planned = new Map<string, () => void>();

  constructor(deps: ModelAnnouncerDeps) {
    this.deps = deps;
  }

  changed(id: string): void {
    const model = this.describe(id);
    if (!model) return;
    const isNewPhase = this.phases.get(id) !== model.state.phase;
    const sinceMs = this.deps.clock.monotonic() - (this.toldAt.get(id) ?? -Infinity);
    if (isNewPhase || sinceMs >= shortestPauseMs) this.tell(id, model);
    else if (!this.planned.has(id)) this.plan(id, shortestPauseMs - sinceMs);
  }

  stop(): void {
    for (const cancel of this.planned.values()) cancel();
    this.planned.clear();
  }

  private plan(id: string, ms: number): void {
    const cancel = this.deps.clock.after(ms, () => {
      this.planned.delete(id);
      const model = this.describe(id);
      if (model) this.tell(id, model);
    });
    this.planned.set(id, cancel);
  }

  private tell(id: string, model: InstalledModel): void {
    this.planned.get(id)?.();
    this.planned.delete(id);
    this.phases.set(id, model.state.phase);
    this.toldAt.set(id, this.deps.clock.monotonic());
    this.deps.publish(model);
  }

  private describe(id: string): InstalledModel | undefined {
    try {
      return this.deps.describe(id);
    } catch (error) {
      // Its file was removed between the change and this look; the library announces that itself.
      if (MillpondError.from(error).code === 'model-not-found') return undefined;
      throw error;
    }
  }
}

import type { Clock } from '../../core/clock.ts';
import type { ModelManifest } from '../../core/model.ts';
import { untilAborted } from './load-lane.ts';
import { noRoomError, planRoom } from './residency.ts';
import type { MemoryBudget, MemoryNeed, Resident } from './residency.ts';

/** What models that only others use may take of graphics memory; undefined: as much as there is. */
interface GpuForOthers {
  /** Of all of them together. */
  readonly mostBytes: number | undefined;
  /** More than is taken now, so that something stays free. */
  readonly moreBytes: number | undefined;
}

interface RoomKeeperDeps {
  readonly clock: Clock;
  readonly budget: () => MemoryBudget;
  readonly gpuForOthers: () => GpuForOthers;
  readonly residents: () => readonly Resident[];
  readonly evict: (id: string) => Promise<void>;
}

/** How long a load waits for busy models to finish before it is refused. */
const patienceMs = 60_000;

/** Carries out room plans: unloads idle models, and waits a while for busy ones. */
export class RoomKeeper {
  private readonly deps: RoomKeeperDeps;
  private wake = (): void => {};

  constructor(deps: RoomKeeperDeps) {
    this.deps = deps;
  }

  /** Call when a model became idle or gave its memory back. */
  lookAgain(): void {
    this.wake();
  }

  /** Resolves when `need` fits; rejects with `out-of-memory` and the missing amount. */
  readonly make = async (
    model: ModelManifest,
    need: MemoryNeed,
    { isForOthers, signal }: { readonly isForOthers: () => boolean; readonly signal: AbortSignal },
  ): Promise<void> => {
    const { clock, residents, evict } = this.deps;
    const giveUpAt = clock.monotonic() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      const others = residents().filter((resident) => resident.id !== model.id);
      const plan = planRoom(this.order(need, others, isForOthers()));
      if (plan.kind === 'fits') {
        for (const victim of plan.evict) await evict(victim);
        if (plan.evict.length === 0) return;
        continue; // The budget may have changed meanwhile.
      }
      const leftMs = giveUpAt - clock.monotonic();
      if (plan.kind === 'too-big' || leftMs <= 0) throw noRoomError(model.name, plan);
      await this.untilChange(leftMs, signal);
    }
  };

  /** Models for others stay under limits of their own on the graphics cards. */
  private order(need: MemoryNeed, residents: readonly Resident[], isForOthers: boolean) {
    const budget = this.deps.budget();
    if (!isForOthers || budget.gpuBytes === undefined) {
      return { need, budget, residents, isForOthers };
    }
    const { mostBytes = Infinity, moreBytes = Infinity } = this.deps.gpuForOthers();
    const owners = residents.filter(({ isOwners }) => isOwners);
    const gpuBytes = Math.min(
      budget.gpuBytes,
      gpuBytesOf(owners) + mostBytes,
      gpuBytesOf(residents) + moreBytes,
    );
    return { need, budget: { ...budget, gpuBytes }, residents, isForOthers };
  }

  private async untilChange(limitMs: number, signal: AbortSignal): Promise<void> {
    const changed: PromiseWithResolvers<void> = Promise.withResolvers();
    this.wake = changed.resolve;
    const cancel = this.deps.clock.after(limitMs, changed.resolve);
    try {
      await untilAborted(changed.promise, signal);
    } finally {
      cancel();
    }
  }
}

function gpuBytesOf(residents: readonly Resident[]): number {
  return residents.reduce((sum, { need }) => sum + need.gpuBytes, 0);
}

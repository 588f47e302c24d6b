import type { Clock } from '../core/clock.ts';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { detectHardware } from './detect-hardware.ts';
import type { HardwareSources } from './detect-hardware.ts';
import { keepMissing } from './missing-gpus.ts';
import type { OnResume } from './ports.ts';

interface HardwareWatchDeps {
  readonly clock: Clock;
  readonly sources: HardwareSources;
  /** The desktop shell's word for it; without it only the clock tells. */
  readonly onResume?: OnResume;
  /** Tests say what would be found. */
  readonly detect?: (sources: HardwareSources) => Promise<HardwareSnapshot>;
}

const tickMs = 15_000;
/** A timer that comes so much too late slept with the machine. */
const sleepGapMs = 30_000;

/**
 * What this machine is made of: asked once, and again after it slept, because drivers may not come
 * back. A card that was here before stays listed as missing.
 */
export class HardwareWatch {
  private readonly deps: HardwareWatchDeps;
  private readonly listeners = new Set<(snapshot: HardwareSnapshot) => void>();
  private latest: HardwareSnapshot | undefined;
  private looking: Promise<HardwareSnapshot> | undefined;
  private stopWatching: (() => void) | undefined;

  constructor(deps: HardwareWatchDeps) {
    this.deps = deps;
  }

  /** Undefined until the first look has ended. */
  get snapshot(): HardwareSnapshot | undefined {
    return this.latest;
  }

  /** Looks, now and after each sleep. Resolves after the first look, which takes some seconds at most. */
  async start(): Promise<HardwareSnapshot> {
    this.stopWatching ??= this.watchForSleep();
    return await this.look();
  }

  /** Looks again. Never two at a time. */
  look(): Promise<HardwareSnapshot> {
    const { detect = detectHardware, sources } = this.deps;
    this.looking ??= detect(sources)
      .then((found) => this.adopt(found))
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  /** Calls back after every look that changed something; returns how to stop that. */
  onChange(listener: (snapshot: HardwareSnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  stop(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
  }

  private adopt(found: HardwareSnapshot): HardwareSnapshot {
    const before = this.latest;
    const next = { ...found, gpus: keepMissing(before?.gpus ?? [], found.gpus) };
    this.latest = next;
    if (JSON.stringify(before) !== JSON.stringify(next)) {
      for (const listener of this.listeners) listener(next);
    }
    return next;
  }

  private watchForSleep(): () => void {
    const { clock, onResume } = this.deps;
    const again = (): void => {
      void this.look();
    };
    const leave = onResume?.(again);
    let cancel = (): void => {};
    const wait = (): void => {
      const expectedAt = clock.now() + tickMs;
      cancel = clock.after(tickMs, () => {
        if (clock.now() - expectedAt > sleepGapMs) again();
        wait();
      });
    };
    wait();
    return () => {
      leave?.();
      cancel();
    };
  }
}

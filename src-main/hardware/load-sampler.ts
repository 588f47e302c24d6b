import type { Clock } from '../core/clock.ts';
import type { MachineLoad } from '../core/hardware.ts';
import type { BatteryReader } from './battery.ts';
import type { GpuMemoryReader } from './gpu-memory.ts';

export interface LoadSampler {
  /** The newest sample; main memory is read anew when it is older than the interval. */
  latest(): MachineLoad;
  /** Samples as long as at least one listener is there; returns how to leave. */
  listen(listener: (sample: MachineLoad) => void): () => void;
}

interface LoadSamplerDeps {
  readonly clock: Clock;
  /** Tests say what the system would answer. */
  readonly readFreeMemory?: () => number;
  readonly gpu?: GpuMemoryReader;
  readonly battery?: BatteryReader;
  /** Of the disk that downloads go to. */
  readonly readDisk?: () => Promise<MachineLoad['disk']>;
}

/** Idle machines must stay idle: samples are never closer together than this. */
export const sampleIntervalMs = 5000;

export function createLoadSampler(deps: LoadSamplerDeps): LoadSampler {
  const { clock, readFreeMemory = () => process.availableMemory(), gpu, battery, readDisk } = deps;
  const listeners = new Set<(sample: MachineLoad) => void>();
  let newest: MachineLoad | undefined;
  let slow: Pick<MachineLoad, 'battery' | 'disk'> = {};
  let cancel: (() => void) | undefined;
  /** Counts the times somebody began to look, so that a reading that was slow ends with its time. */
  let watch = 0;

  function latest(): MachineLoad {
    const at = clock.now();
    if (newest === undefined || at - newest.at >= sampleIntervalMs) {
      const gpuFreeBytes = gpu?.latest() ?? [];
      newest = { at, freeMemoryBytes: readFreeMemory(), gpuFreeBytes, ...slow };
    }
    return newest;
  }

  async function readSlow(): Promise<void> {
    const [charge, disk] = await Promise.all([
      battery?.read().catch(() => undefined),
      readDisk?.().catch(() => undefined), // An unplugged disk has no free space to show.
      gpu?.refresh(),
    ]);
    slow = {
      ...(charge !== undefined && { battery: charge }),
      ...(disk !== undefined && { disk }),
    };
  }

  async function tick(begun: number): Promise<void> {
    await readSlow();
    if (begun !== watch) return;
    const sample = latest();
    for (const listener of listeners) listener(sample);
    schedule(begun);
  }

  function schedule(begun: number): void {
    cancel = clock.after(sampleIntervalMs, () => void tick(begun));
  }

  return {
    latest,
    listen(listener) {
      listeners.add(listener);
      if (cancel === undefined) {
        gpu?.start();
        void readSlow();
        schedule(watch);
      }
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        watch += 1;
        gpu?.stop();
        cancel?.();
        cancel = undefined;
      };
    },
  };
}

import { hostname, totalmem, type } from 'node:os';
import type { MachineStatus } from '../contract/system.ts';
import type { Clock } from '../core/clock.ts';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { createBatteryReader } from '../hardware/battery.ts';
import type { BatteryReader } from '../hardware/battery.ts';
import { readDiskSpace } from '../hardware/disk-space.ts';
import { createGpuMemoryReader } from '../hardware/gpu-memory.ts';
import { HardwareWatch } from '../hardware/hardware-watch.ts';
import { createLoadSampler } from '../hardware/load-sampler.ts';
import type { LoadSampler } from '../hardware/load-sampler.ts';
import type { AskEngine, OnResume } from '../hardware/ports.ts';
import { createSystemReader } from '../hardware/system-reader.ts';

interface MachineDeps {
  readonly clock: Clock;
  /** The entry `hardware-worker`. */
  readonly workerFile: string;
  readonly askEngine: AskEngine;
  readonly onResume?: OnResume;
  /** Where downloads go; its disk is the one that is shown. */
  readonly downloadFolder: () => string;
  /** What engines may take together, as shares of main and of graphics memory. */
  readonly memoryShare: () => number;
  readonly gpuMemoryShare: () => number;
  /** What they take now, in bytes. */
  readonly usedBytes: () => number;
}

/** This machine for the window: known roughly at once, exactly when the system has answered. */
export class Machine {
  private readonly deps: MachineDeps;
  private readonly watch: HardwareWatch;
  private readonly load: LoadSampler;
  /** Answers at most as often as its own pace allows, however many ask. */
  readonly battery: BatteryReader;
  private readonly listeners = new Set<() => void>();

  constructor(deps: MachineDeps) {
    const { clock, askEngine, onResume } = deps;
    this.deps = deps;
    const system = createSystemReader(deps);
    const sources = { system, engine: askEngine };
    this.battery = createBatteryReader({ clock, ask: () => system.battery() });
    this.watch = new HardwareWatch({ clock, sources, ...(onResume && { onResume }) });
    this.load = createLoadSampler({
      clock,
      gpu: createGpuMemoryReader({ gpus: () => this.watch.snapshot?.gpus ?? [] }),
      battery: this.battery,
      readDisk: () => readDiskSpace(deps.downloadFolder()),
    });
  }

  /** Asks the system what it is made of; takes some seconds on machines with slow drivers. Never rejects. */
  async detect(): Promise<void> {
    this.watch.onChange(() => {
      this.announce();
    });
    await this.watch.start();
    this.announce();
  }

  hardware(): HardwareSnapshot | undefined {
    return this.watch.snapshot;
  }

  /** Calls back when anything of `status` changed; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Keeps live figures fresh while somebody looks; returns how to stop looking. */
  observe(): () => void {
    return this.load.listen(() => {
      this.announce();
    });
  }

  /** Bytes that models may take together. */
  budgetBytes(): number {
    const total = this.hardware()?.totalMemoryBytes ?? totalmem();
    return Math.floor(total * this.deps.memoryShare());
  }

  /** Bytes of graphics memory that models may take together; undefined without any of its own. */
  gpuBudgetBytes(): number | undefined {
    const cards = this.hardware()?.gpus.filter(({ isMissing }) => !isMissing) ?? [];
    const total = cards.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
    return total === 0 ? undefined : Math.floor(total * this.deps.gpuMemoryShare());
  }

  stop(): void {
    this.watch.stop();
  }

  status(): MachineStatus {
    const snapshot = this.hardware();
    const load = this.load.latest();
    const gpuBudgetBytes = this.gpuBudgetBytes();
    return {
      machineName: snapshot?.machineName ?? hostname(),
      platform: process.platform,
      osName: snapshot?.osName ?? type(),
      cpuModel: snapshot?.cpuModel ?? '',
      physicalCores: snapshot?.physicalCores ?? 1,
      cpuFeatures: [...(snapshot?.cpuFeatures ?? [])],
      totalMemoryBytes: snapshot?.totalMemoryBytes ?? totalmem(),
      freeMemoryBytes: load.freeMemoryBytes,
      hasUnifiedMemory: snapshot?.hasUnifiedMemory ?? false,
      memoryBudgetBytes: this.budgetBytes(),
      memoryUsedBytes: this.deps.usedBytes(),
      ...(gpuBudgetBytes !== undefined && { gpuBudgetBytes }),
      gpus: (snapshot?.gpus ?? []).map(({ memoryBytes, driver, ...gpu }, index) => {
        const freeBytes = load.gpuFreeBytes[index];
        return {
          ...gpu,
          ...(memoryBytes !== undefined && { memoryBytes }),
          ...(freeBytes !== undefined && { freeBytes }),
          ...(driver !== undefined && { driver }),
        };
      }),
      ...(load.battery && { battery: { ...load.battery } }),
      ...(load.disk && { disk: { ...load.disk } }),
    };
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }
}

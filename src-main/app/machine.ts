import { hostname, totalmem, type } from 'node:os';
import type { MachineStatus } from '../contract/system.ts';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { detectHardware } from '../hardware/detect-hardware.ts';
import type { LoadSampler } from '../hardware/load-sampler.ts';

interface MachineDeps {
  readonly load: LoadSampler;
  /** What engines may take together, as a share of main memory. */
  readonly memoryShare: () => number;
  /** What they take now, in bytes. */
  readonly usedBytes: () => number;
}

/** This machine for the window: known roughly at once, exactly when the system has answered. */
export class Machine {
  private readonly deps: MachineDeps;
  private snapshot: HardwareSnapshot | undefined;

  constructor(deps: MachineDeps) {
    this.deps = deps;
  }

  /** Asks the system what it is made of; takes up to some seconds on machines with slow drivers. */
  async detect(): Promise<void> {
    this.snapshot = await detectHardware();
  }

  hardware(): HardwareSnapshot | undefined {
    return this.snapshot;
  }

  /** Bytes that models may take together. */
  budgetBytes(): number {
    const total = this.snapshot?.totalMemoryBytes ?? totalmem();
    return Math.floor(total * this.deps.memoryShare());
  }

  status(): MachineStatus {
    const { snapshot, deps } = this;
    return {
      machineName: snapshot?.machineName ?? hostname(),
      platform: process.platform,
      osName: snapshot?.osName ?? type(),
      cpuModel: snapshot?.cpuModel ?? '',
      physicalCores: snapshot?.physicalCores ?? 1,
      totalMemoryBytes: snapshot?.totalMemoryBytes ?? totalmem(),
      freeMemoryBytes: deps.load.latest().freeMemoryBytes,
      memoryBudgetBytes: this.budgetBytes(),
      memoryUsedBytes: deps.usedBytes(),
      gpus: (snapshot?.gpus ?? []).map(({ name, vendor, memoryBytes }) => ({
        name,
        vendor,
        ...(memoryBytes !== undefined && { memoryBytes }),
      })),
    };
  }
}

/** What this machine is made of. Static facts; live load is sampled elsewhere. */
export interface HardwareSnapshot {
  readonly machineName: string;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly osName: string;
  readonly cpuModel: string;
  readonly physicalCores: number;
  readonly performanceCores: number;
  readonly totalMemoryBytes: number;
  readonly gpus: readonly GpuFacts[];
}

export interface GpuFacts {
  readonly name: string;
  readonly vendor: string;
  /** Absent when the memory is shared with the CPU or unknown. */
  readonly memoryBytes?: number;
  readonly driver?: string;
}

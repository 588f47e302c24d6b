/** What this machine is made of. Static facts; live load is sampled elsewhere. */
export interface HardwareSnapshot {
  readonly machineName: string;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly osName: string;
  readonly cpuModel: string;
  readonly physicalCores: number;
  readonly performanceCores: number;
  /** What the processor offers that engines care about, such as `avx2`, `avx512f`, `neon`. */
  readonly cpuFeatures: readonly string[];
  readonly totalMemoryBytes: number;
  /** One memory for processor and graphics: Apple Silicon. */
  readonly hasUnifiedMemory: boolean;
  /** In the order in which engines number them. */
  readonly gpus: readonly GpuFacts[];
}

export interface GpuFacts {
  readonly name: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';
  /** Its own memory. Absent when it is shared with the processor or unknown. */
  readonly memoryBytes?: number;
  readonly driver?: string;
  /** Was here at an earlier look of this run and is gone now, for example after sleep. */
  readonly isMissing: boolean;
}

/** What changes while the machine runs. Read at most every 5 s and only while somebody looks. */
export interface MachineLoad {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Memory that programs could still get, without swapping and within a container's limit. */
  readonly freeMemoryBytes: number;
  /** Per card of the snapshot, in its order; absent where nothing tells. */
  readonly gpuFreeBytes: readonly (number | undefined)[];
  /** Absent on machines without one. */
  readonly battery?: { readonly isCharging: boolean; readonly share: number };
  /** Of the disk that holds the models folder. */
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
}

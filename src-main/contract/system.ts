import { z } from 'zod';
import { nothing } from './common.ts';
import { call, notify } from './kinds.ts';

/**
 * How a runtime was started. `safe`: CPU only, default settings, no pool, nothing goes out. `trial`: the
 * owner's settings, but nothing goes out and nobody else is served; for a copy of a data folder.
 */
export const startMode = z.enum(['normal', 'safe', 'trial']);
export type StartMode = z.infer<typeof startMode>;

export const machineStatus = z.object({
  machineName: z.string(),
  platform: z.string(),
  osName: z.string(),
  cpuModel: z.string(),
  physicalCores: z.int(),
  /** Such as `avx2`, `avx512f`, `neon`. */
  cpuFeatures: z.array(z.string()),
  totalMemoryBytes: z.number(),
  freeMemoryBytes: z.number(),
  /** One memory for processor and graphics. */
  hasUnifiedMemory: z.boolean(),
  /** What engines may take together. */
  memoryBudgetBytes: z.number(),
  /** What loaded models take now, measured. */
  memoryUsedBytes: z.number(),
  /** What engines may take of the graphics cards together; absent without graphics memory. */
  gpuBudgetBytes: z.number().optional(),
  gpus: z.array(
    z.object({
      name: z.string(),
      vendor: z.string(),
      memoryBytes: z.number().optional(),
      freeBytes: z.number().optional(),
      driver: z.string().optional(),
      /** Was here at an earlier look and is gone, for example after sleep. */
      isMissing: z.boolean(),
    }),
  ),
  battery: z.object({ isCharging: z.boolean(), share: z.number() }).optional(),
  /** The disk that downloads go to. */
  disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }).optional(),
});
export type MachineStatus = z.infer<typeof machineStatus>;

export const system = {
  status: call(
    'GET',
    '/control/system',
    nothing,
    z.object({
      version: z.string(),
      dataFolder: z.string(),
      modelsFolder: z.string(),
      /** `desktop` inside the Electron shell, `headless` otherwise. */
      face: z.enum(['desktop', 'headless']),
      mode: startMode,
      machine: machineStatus,
      /** At this start a damaged database was set aside: where it lies, and in English what was kept and lost. */
      recovered: z.object({ folder: z.string(), kept: z.string() }).optional(),
    }),
  ),
  /** The newest log lines, for "Show the log". */
  log: call(
    'GET',
    '/control/log',
    z.strictObject({ lines: z.coerce.number().int().min(1).max(2000).default(200) }),
    z.object({ lines: z.array(z.string()) }),
  ),
  /** Stops the runtime after running answers have finished, at most 10 seconds later. */
  shutdown: call('POST', '/control/shutdown', nothing, nothing),
  /** Starts anew after running answers have finished; the window finds it at the same address. */
  restart: call(
    'POST',
    '/control/restart',
    z.strictObject({ mode: z.enum(['normal', 'safe']) }),
    nothing,
  ),
  onMachine: notify('system.machine', machineStatus),
};

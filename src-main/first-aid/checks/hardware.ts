import type { Finding } from '../../contract/first-aid.ts';
import type { GpuFacts, HardwareSnapshot } from '../../core/hardware.ts';
import type { Check } from '../examine.ts';
import { byDeed, byGoingTo, ok, warning } from '../finding.ts';
import { memorySize } from '../format.ts';

/** What engines see of the accelerators. */
export interface EngineBackend {
  readonly backend: 'cuda' | 'vulkan' | 'metal' | 'none';
}

export interface MemoryUse {
  readonly freeBytes: number;
  /** What lies on the disk for want of memory; absent where nothing tells. */
  readonly swappedBytes?: number;
}

interface HardwareDeps {
  /** Undefined while the system has not answered. */
  readonly hardware: () => Promise<HardwareSnapshot | undefined>;
  /** Undefined where no engine answered, which is a finding of its own. */
  readonly backend: (signal: AbortSignal) => Promise<EngineBackend | undefined>;
  readonly budgetBytes: () => number;
  readonly memoryUse: () => Promise<MemoryUse>;
  /** No card is to be used: that none can be is no news. */
  readonly isCpuOnly: boolean;
}

export function checkHardware(deps: HardwareDeps): Check {
  return {
    about: 'the hardware',
    limitMs: 60_000,
    async run(signal) {
      const [hardware, backend, use] = await Promise.all([
        deps.hardware(),
        deps.isCpuOnly ? undefined : deps.backend(signal).catch(() => undefined),
        deps.memoryUse(),
      ]);
      if (hardware === undefined) return [];
      return [
        ...graphicsFindings(hardware, backend),
        memoryFinding(hardware.totalMemoryBytes, deps.budgetBytes(), use),
      ];
    },
  };
}

/** CUDA 12 needs it: https://docs.nvidia.com/deploy/cuda-compatibility/ */
const oldestNvidiaDriver = { linux: 525, win32: 527, darwin: 0 } as const;

/** Pure: what a machine's cards and what an engine makes of them say together. */
export function graphicsFindings(
  { gpus, cpuModel, platform }: Pick<HardwareSnapshot, 'gpus' | 'cpuModel' | 'platform'>,
  engine: EngineBackend | undefined,
): readonly Finding[] {
  const lost = gpus
    .filter(({ isMissing }) => isMissing)
    .map(({ name }) =>
      warning('hardware-lost', {
        ...{ subject: name, values: { gpu: name } },
        fix: byDeed('start-safely'),
      }),
    );
  const here = gpus.filter(({ isMissing }) => !isMissing);
  const cards = here.filter((gpu) => gpu.memoryBytes !== undefined || gpu.vendor === 'apple');
  const unused = engine?.backend === 'none' ? cards.flatMap((gpu) => unusable(gpu, platform)) : [];
  if (lost.length + unused.length > 0) return [...lost, ...unused];
  const names = here.map(({ name }) => name);
  const what =
    names.length === 0 ? `${cpuModel}, no graphics card` : [cpuModel, ...names].join(', ');
  return [ok('hardware', { what })];
}

function unusable(
  { name, vendor, driver }: GpuFacts,
  platform: HardwareSnapshot['platform'],
): readonly Finding[] {
  const oldest = oldestNvidiaDriver[platform];
  const isOld = vendor === 'nvidia' && driver !== undefined && Number.parseInt(driver, 10) < oldest;
  const fix = byGoingTo('/settings/machine');
  if (isOld) {
    const values = { gpu: name, driver, needed: oldest.toString() };
    return [warning('hardware-old-driver', { subject: name, values, fix })];
  }
  return [warning('hardware-no-backend', { subject: name, values: { gpu: name }, fix })];
}

const littleMemoryBytes = 3.5 * 1024 ** 3;
const muchSwapBytes = 1024 ** 3;

function memoryFinding(totalBytes: number, budgetBytes: number, use: MemoryUse): Finding {
  const total = memorySize(totalBytes);
  const { swappedBytes = 0, freeBytes } = use;
  // What was swapped out long ago and is not missed does no harm.
  if (swappedBytes > muchSwapBytes && freeBytes < totalBytes * 0.1) {
    return warning('memory-swapping', {
      values: { swap: memorySize(swappedBytes) },
      fix: byGoingTo('/models'),
    });
  }
  if (totalBytes < littleMemoryBytes) {
    return warning('memory-little', { values: { total }, fix: byGoingTo('/discover') });
  }
  return ok('memory', { budget: memorySize(budgetBytes), total });
}

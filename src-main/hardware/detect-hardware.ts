import { availableParallelism, hostname, release, totalmem, type } from 'node:os';
import { cpu, graphics, osInfo } from 'systeminformation';
import type { GpuFacts, HardwareSnapshot } from '../core/hardware.ts';

/** What the operating system was asked; a part that failed or was slow is undefined. */
export interface RawHardware {
  readonly platform: NodeJS.Platform;
  readonly hostName: string;
  readonly osFallback: string;
  readonly os: { readonly distro: string; readonly release: string } | undefined;
  readonly cpu:
    | {
        readonly brand: string;
        readonly physicalCores: number;
        readonly performanceCores?: number;
      }
    | undefined;
  readonly controllers:
    | readonly {
        readonly model: string;
        readonly vendor: string;
        /** MiB; null or 0 when unknown. */
        readonly vram: number | null;
        readonly vramDynamic: boolean;
        readonly driverVersion?: string;
      }[]
    | undefined;
  /** Logical processors this process may use: respects affinity and container limits. */
  readonly usableProcessors: number;
  readonly totalMemoryBytes: number;
  /** A container's limit in bytes; 0 or enormous when there is none. */
  readonly constrainedMemoryBytes: number;
}

/** Asking a driver can hang; a part that takes longer is left out. */
const patienceMs = 5000;
const mebibyte = 1024 * 1024;

/** Asks once what this machine is made of. Never rejects: what cannot be learnt is left out. */
export async function detectHardware(): Promise<HardwareSnapshot> {
  const [processor, system, display] = await Promise.all([
    attempt(cpu()),
    attempt(osInfo()),
    attempt(graphics()),
  ]);
  return describeHardware({
    platform: process.platform,
    hostName: hostname(),
    osFallback: `${type()} ${release()}`,
    os: system,
    cpu: processor,
    controllers: display?.controllers,
    usableProcessors: availableParallelism(),
    totalMemoryBytes: totalmem(),
    constrainedMemoryBytes: process.constrainedMemory(),
  });
}

/** Turns raw answers into facts; container limits win over what the whole computer has. */
export function describeHardware(raw: RawHardware): HardwareSnapshot {
  const physicalCores = clampCores(raw.cpu?.physicalCores, raw.usableProcessors);
  return {
    machineName: raw.hostName.replace(/\.(local|lan|home)$/i, ''),
    platform: raw.platform === 'darwin' || raw.platform === 'win32' ? raw.platform : 'linux',
    osName: raw.os === undefined ? raw.osFallback : `${raw.os.distro} ${raw.os.release}`.trim(),
    cpuModel: raw.cpu?.brand === undefined || raw.cpu.brand === '' ? 'CPU' : raw.cpu.brand,
    physicalCores,
    performanceCores: clampCores(raw.cpu?.performanceCores, physicalCores),
    totalMemoryBytes:
      raw.constrainedMemoryBytes > 0
        ? Math.min(raw.totalMemoryBytes, raw.constrainedMemoryBytes)
        : raw.totalMemoryBytes,
    gpus: (raw.controllers ?? []).filter(isRealGpu).map(describeGpu),
  };
}

/** Threads an engine may use: one performance core stays free for everything else. */
export function defaultThreads(hardware: HardwareSnapshot): number {
  return Math.max(1, hardware.performanceCores - 1);
}

function clampCores(reported: number | undefined, limit: number): number {
  return Math.max(1, Math.min(reported === undefined || reported < 1 ? limit : reported, limit));
}

type Controller = NonNullable<RawHardware['controllers']>[number];

/** Virtual machines and remote desktops report display adapters that compute nothing. */
function isRealGpu({ model }: Controller): boolean {
  return (
    model !== '' && !/basic (display|render)|virtual|vmware|qxl|virtio|bochs|cirrus/i.test(model)
  );
}

function describeGpu({ model, vendor, vram, vramDynamic, driverVersion }: Controller): GpuFacts {
  const hasOwnMemory = vram !== null && vram > 0 && !vramDynamic;
  return {
    name: model,
    vendor,
    ...(hasOwnMemory && { memoryBytes: vram * mebibyte }),
    ...(driverVersion !== undefined && driverVersion !== '' && { driver: driverVersion }),
  };
}

async function attempt<T>(question: Promise<T>): Promise<T | undefined> {
  const tooLate = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    tooLate.resolve(undefined);
  }, patienceMs);
  try {
    return await Promise.race([question, tooLate.promise]);
  } catch {
    return undefined; // The machine works without this fact.
  } finally {
    clearTimeout(timer);
  }
}

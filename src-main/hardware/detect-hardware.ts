import { arch, availableParallelism, hostname, release, totalmem, type } from 'node:os';
import { cpu, graphics, osInfo } from 'systeminformation';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { readAmdCards } from './amdgpu-sysfs.ts';
import type { AmdCard } from './amdgpu-sysfs.ts';
import { cpuFeatures } from './cpu-features.ts';
import { mergeGpus } from './merge-gpus.ts';
import type { Controller } from './merge-gpus.ts';
import { askNvidiaSmi } from './nvidia-smi.ts';
import type { NvidiaCard } from './nvidia-smi.ts';
import type { AskEngine, EngineDevices } from './ports.ts';

/** What the system, the vendors' tools and the engine were asked; a part that failed or was slow is undefined. */
export interface RawHardware {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly hostName: string;
  readonly osFallback: string;
  readonly os: { readonly distro: string; readonly release: string } | undefined;
  readonly cpu:
    | {
        readonly brand: string;
        readonly manufacturer?: string;
        readonly physicalCores: number;
        readonly performanceCores?: number;
        readonly flags?: string;
      }
    | undefined;
  readonly controllers: readonly Controller[] | undefined;
  readonly nvidia: readonly NvidiaCard[];
  readonly amd: readonly AmdCard[];
  readonly engine: EngineDevices | undefined;
  /** Logical processors this process may use: respects affinity and container limits. */
  readonly usableProcessors: number;
  readonly totalMemoryBytes: number;
  /** A container's limit in bytes; 0 or enormous when there is none. */
  readonly constrainedMemoryBytes: number;
}

/** Asking a driver can hang; a part that takes longer is left out. */
const patienceMs = 5000;

/**
 * Asks once what this machine is made of; each vendor's tool runs once, bounded. Never rejects: what
 * cannot be learnt is left out.
 */
export async function detectHardware(askEngine?: AskEngine): Promise<HardwareSnapshot> {
  const [processor, system, display, nvidia, amd, engine] = await Promise.all([
    attempt(cpu()),
    attempt(osInfo()),
    attempt(graphics()),
    askNvidiaSmi(),
    readAmdCards(),
    askEngine && attempt(askEngine(AbortSignal.timeout(patienceMs))),
  ]);
  return describeHardware({
    platform: process.platform,
    arch: arch(),
    hostName: hostname(),
    osFallback: `${type()} ${release()}`,
    os: system,
    cpu: processor,
    controllers: display?.controllers,
    nvidia,
    amd,
    engine,
    usableProcessors: availableParallelism(),
    totalMemoryBytes: totalmem(),
    constrainedMemoryBytes: process.constrainedMemory(),
  });
}

/** Turns raw answers into facts; container limits win over what the whole computer has. */
export function describeHardware(raw: RawHardware): HardwareSnapshot {
  const physicalCores = clampCores(raw.cpu?.physicalCores, raw.usableProcessors);
  const { engine } = raw;
  return {
    machineName: raw.hostName.replace(/\.(local|lan|home)$/i, ''),
    platform: raw.platform === 'darwin' || raw.platform === 'win32' ? raw.platform : 'linux',
    osName: raw.os === undefined ? raw.osFallback : `${raw.os.distro} ${raw.os.release}`.trim(),
    cpuModel: cpuModel(raw.cpu),
    physicalCores,
    performanceCores: clampCores(raw.cpu?.performanceCores, physicalCores),
    cpuFeatures: cpuFeatures(raw.cpu?.flags ?? '', engine?.systemInfo ?? ''),
    totalMemoryBytes:
      raw.constrainedMemoryBytes > 0
        ? Math.min(raw.totalMemoryBytes, raw.constrainedMemoryBytes)
        : raw.totalMemoryBytes,
    hasUnifiedMemory: isAppleSilicon(raw),
    gpus: mergeGpus({ ...raw, controllers: raw.controllers ?? [] }),
  };
}

/** Threads an engine may use: one performance core stays free for everything else. */
export function defaultThreads(hardware: HardwareSnapshot): number {
  return Math.max(1, hardware.performanceCores - 1);
}

/** The one kind of machine whose graphics share all memory at full speed. */
function isAppleSilicon({ platform, arch: processor }: RawHardware): boolean {
  return platform === 'darwin' && processor === 'arm64';
}

function cpuModel(processor: RawHardware['cpu']): string {
  const brand = processor?.brand ?? '';
  if (brand === '') return 'CPU';
  const maker = processor?.manufacturer ?? '';
  return maker === '' || brand.toLowerCase().includes(maker.toLowerCase())
    ? brand
    : `${maker} ${brand}`;
}

function clampCores(reported: number | undefined, limit: number): number {
  return Math.max(1, Math.min(reported === undefined || reported < 1 ? limit : reported, limit));
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

import { arch, availableParallelism, hostname, release, totalmem, type } from 'node:os';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { cpuFeatures } from './cpu-features.ts';
import { mergeGpus } from './merge-gpus.ts';
import type { AskEngine, EngineDevices } from './ports.ts';
import type { SystemAnswers, SystemReader } from './system-reader.ts';

/** Everything that was answered; a part that failed or was slow is undefined. */
export interface RawHardware extends SystemAnswers {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly hostName: string;
  readonly osFallback: string;
  readonly engine: EngineDevices | undefined;
  /** Logical processors this process may use: respects affinity and container limits. */
  readonly usableProcessors: number;
  readonly totalMemoryBytes: number;
  /** A container's limit in bytes; 0 or enormous when there is none. */
  readonly constrainedMemoryBytes: number;
}

/** Who can be asked. */
export interface HardwareSources {
  readonly system: Pick<SystemReader, 'parts'>;
  readonly engine?: AskEngine;
}

/** The engine's probe may hang in a driver; the snapshot is then made without it. */
const patienceMs = 5000;
const nothing: SystemAnswers = {
  ...{ os: undefined, cpu: undefined, controllers: undefined },
  ...{ nvidia: [], amd: [] },
};

/** Asks once what this machine is made of. Never rejects: what cannot be learnt is left out. */
export async function detectHardware({
  system,
  engine: askEngine,
}: HardwareSources): Promise<HardwareSnapshot> {
  const [answers, engine] = await Promise.all([
    system.parts().catch(() => nothing),
    askEngine?.(AbortSignal.timeout(patienceMs)).catch(() => undefined),
  ]);
  return describeHardware({
    ...answers,
    engine,
    platform: process.platform,
    arch: arch(),
    hostName: hostname(),
    osFallback: `${type()} ${release()}`,
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

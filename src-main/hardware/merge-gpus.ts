import type { GpuFacts } from '../core/hardware.ts';
import type { AmdCard } from './amdgpu-sysfs.ts';
import type { NvidiaCard } from './nvidia-smi.ts';
import { shortBusAddress } from './nvidia-smi.ts';
import type { EngineDevices } from './ports.ts';

/** A display controller as systeminformation describes it. */
export interface Controller {
  readonly model: string;
  readonly vendor: string;
  /** MiB; null or 0 when unknown. */
  readonly vram: number | null;
  readonly vramDynamic: boolean;
  readonly driverVersion?: string;
  readonly busAddress?: string;
}

interface GpuSources {
  readonly controllers: readonly Controller[];
  readonly nvidia: readonly NvidiaCard[];
  readonly amd: readonly AmdCard[];
  readonly engine: EngineDevices | undefined;
}

type Vendor = GpuFacts['vendor'];
const mebibyte = 1024 * 1024;
/** Integrated graphics borrow memory; what the BIOS sets aside for them is not theirs to give. */
const smallestOwnMemoryBytes = 1024 ** 3;

/**
 * One list of cards from everybody who knows something: the vendor's own tool wins over the system's
 * table, and the engine decides the order. Cards that no engine sees come last.
 */
export function mergeGpus({ controllers, nvidia, amd, engine }: GpuSources): readonly GpuFacts[] {
  const others = controllers.filter(isRealGpu).filter(({ model, vendor }) => {
    const isNvidia = vendorOf(`${vendor} ${model}`) === 'nvidia';
    return nvidia.length === 0 || !isNvidia;
  });
  const known = [...nvidia.map(nvidiaFacts), ...others.map((found) => facts(found, amd))];
  return engine === undefined ? ownMemoryFirst(known) : inEngineOrder(known, engine);
}

/** Which company made it, from any of the many ways to write that. */
export function vendorOf(text: string): Vendor {
  if (/nvidia|geforce|quadro|tesla|\brtx\b|\bgtx\b/i.test(text)) return 'nvidia';
  if (/\bamd\b|radeon|advanced micro|\bati\b/i.test(text)) return 'amd';
  if (/intel|\barc\b|iris/i.test(text)) return 'intel';
  if (/apple/i.test(text)) return 'apple';
  return 'other';
}

/** Virtual machines and remote desktops report display adapters that compute nothing. */
function isRealGpu({ model }: Controller): boolean {
  return (
    model !== '' &&
    !/basic (display|render)|virtual|vmware|qxl|virtio|bochs|cirrus|aspeed|matrox/i.test(model)
  );
}

function nvidiaFacts({ name, memoryBytes, driver }: NvidiaCard): GpuFacts {
  return {
    name,
    vendor: 'nvidia',
    memoryBytes,
    ...(driver !== '' && { driver }),
    isMissing: false,
  };
}

function facts(controller: Controller, amd: readonly AmdCard[]): GpuFacts {
  const { model, vendor, vram, vramDynamic, driverVersion, busAddress } = controller;
  const maker = vendorOf(`${vendor} ${model}`);
  const bus = busAddress === undefined ? undefined : shortBusAddress(busAddress);
  const counted = amd.find((card) => card.busAddress === bus)?.memoryBytes;
  const listed = vram !== null && !vramDynamic ? vram * mebibyte : 0;
  const memoryBytes = maker === 'apple' ? 0 : (counted ?? listed);
  return {
    name: model,
    vendor: maker,
    ...(memoryBytes >= smallestOwnMemoryBytes && { memoryBytes }),
    ...(driverVersion !== undefined && driverVersion !== '' && { driver: driverVersion }),
    isMissing: false,
  };
}

function ownMemoryFirst(gpus: readonly GpuFacts[]): readonly GpuFacts[] {
  const rank = ({ memoryBytes }: GpuFacts): number => (memoryBytes === undefined ? 1 : 0);
  return gpus.toSorted((a, b) => rank(a) - rank(b));
}

function inEngineOrder(
  known: readonly GpuFacts[],
  { deviceNames, totalMemoryBytes, unifiedMemoryBytes }: EngineDevices,
): readonly GpuFacts[] {
  const left = [...known];
  const soleMemory = deviceNames.length === 1 ? totalMemoryBytes - unifiedMemoryBytes : 0;
  const seen = deviceNames.map((name) => {
    const index = bestMatch(name, left);
    const match = index === undefined ? undefined : left.splice(index, 1)[0];
    const gpu = match ?? { name, vendor: vendorOf(name), isMissing: false };
    const isUnsized = gpu.memoryBytes === undefined && soleMemory >= smallestOwnMemoryBytes;
    return isUnsized ? { ...gpu, memoryBytes: soleMemory } : gpu;
  });
  return [...seen, ...ownMemoryFirst(left)];
}

/** The same model, else the first card of the same company: tools spell names differently. */
function bestMatch(name: string, gpus: readonly GpuFacts[]): number | undefined {
  const wanted = essence(name);
  const same = gpus.findIndex((gpu) => {
    const own = essence(gpu.name);
    return own !== '' && (own.includes(wanted) || wanted.includes(own));
  });
  if (same >= 0) return same;
  const vendor = vendorOf(name);
  const kin = gpus.findIndex((gpu) => gpu.vendor === vendor && vendor !== 'other');
  return kin >= 0 ? kin : undefined;
}

/** What tells two models of one company apart: `rtx3060`, `rx7900xt`, `arca770`. */
function essence(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/\((r|tm)\)|®|™|\(.*?\)/g, '')
    .replaceAll(/nvidia|geforce|amd|radeon|intel|graphics|corporation|laptop gpu|gpu/g, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

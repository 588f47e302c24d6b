import type { HardwareSummary } from '../../core/node.ts';

const gibibyte = 1024 ** 3;

/** What a machine is in a few words, built from facts: `RTX 4090, 24 GB`. */
export function hardwareSentence(hardware: HardwareSummary): string {
  const [gpu] = hardware.gpus;
  if (gpu?.memoryBytes !== undefined && !hardware.hasUnifiedMemory) {
    const alike = hardware.gpus.filter(({ name }) => name === gpu.name).length;
    const memory = gigabytes(gpu.memoryBytes);
    return alike > 1
      ? `${String(alike)} × ${shortName(gpu.name)}, ${memory} each`
      : `${shortName(gpu.name)}, ${memory}`;
  }
  const memory = gigabytes(hardware.totalMemoryBytes);
  const processor = shortName(hardware.cpuModel);
  // A machine that has just started may not know yet what it runs on.
  return processor === '' ? memory : `${processor}, ${memory}`;
}

/** The memory that models take there. */
export function modelMemory(hardware: HardwareSummary): {
  readonly kind: 'gpu' | 'main';
  readonly totalBytes: number;
} {
  const gpuBytes = hardware.gpus.reduce((sum, gpu) => sum + (gpu.memoryBytes ?? 0), 0);
  return gpuBytes > 0 && !hardware.hasUnifiedMemory
    ? { kind: 'gpu', totalBytes: gpuBytes }
    : { kind: 'main', totalBytes: hardware.totalMemoryBytes };
}

const noise =
  /\((?:R|TM)\)|\b(?:NVIDIA|GeForce|AMD|Radeon Graphics|Intel|CPU|Processor|\d+-Core)\b|@.*$/gi;

function shortName(name: string): string {
  const short = name.replaceAll(noise, ' ').replaceAll(/\s+/g, ' ').trim();
  return short === '' ? name.trim() : short;
}

function gigabytes(bytes: number): string {
  return `${String(Math.max(1, Math.round(bytes / gibibyte)))} GB`;
}

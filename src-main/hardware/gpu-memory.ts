import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { GpuFacts } from '../core/hardware.ts';
import { readAmdCards } from './amdgpu-sysfs.ts';
import type { AmdCard } from './amdgpu-sysfs.ts';
import { nvidiaSmi, parseFreeMemory } from './nvidia-smi.ts';

/** Free memory of the graphics cards, read only between `start` and `stop`. */
export interface GpuMemoryReader {
  start(): void;
  /** Reads what can be read without a process; call it before `latest`. */
  refresh(): Promise<void>;
  /** Bytes per card of the snapshot, in its order; undefined where nothing tells. */
  latest(): readonly (number | undefined)[];
  stop(): void;
}

interface ReaderDeps {
  readonly gpus: () => readonly GpuFacts[];
  /** Starts the one long-lived process; tests play its part. */
  readonly spawnNvidia?: () => ChildProcess;
  readonly readAmd?: () => Promise<readonly AmdCard[]>;
}

const loopSeconds = '5';

/**
 * NVIDIA's tool is started once and prints by itself until nobody looks any more: no process per
 * reading. AMD's counters are files. Nothing is started on a machine without such cards.
 */
export function createGpuMemoryReader(deps: ReaderDeps): GpuMemoryReader {
  const { gpus, spawnNvidia = startLoop, readAmd = () => readAmdCards() } = deps;
  const nvidiaFree = new Map<string, number | undefined>();
  let amdFree: readonly number[] = [];
  let child: ChildProcess | undefined;

  const has = (vendor: GpuFacts['vendor']): boolean =>
    gpus().some((gpu) => gpu.vendor === vendor && !gpu.isMissing);

  function stop(): void {
    child?.kill();
    child = undefined;
    nvidiaFree.clear();
    amdFree = [];
  }

  function follow(process: ChildProcess): void {
    // Not there, or refused: memory simply stays unknown.
    process.on('error', () => {});
    process.unref();
    if (process.stdout === null) return;
    createInterface({ input: process.stdout }).on('line', (line) => {
      const row = child === process ? parseFreeMemory(line) : undefined;
      if (row !== undefined) nvidiaFree.set(row.busAddress, row.freeBytes);
    });
  }

  return {
    start() {
      if (child !== undefined || !has('nvidia')) return;
      child = spawnNvidia();
      follow(child);
    },
    async refresh() {
      if (has('amd')) amdFree = (await readAmd()).map(({ freeBytes }) => freeBytes);
    },
    latest() {
      // Both tools and the snapshot list cards of one vendor in the order of their bus.
      const nvidia = [...nvidiaFree].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, free]) => free);
      const amd = [...amdFree];
      return gpus().map(({ vendor, isMissing, memoryBytes }) => {
        if (isMissing) return undefined;
        if (vendor === 'nvidia') return nvidia.shift();
        return vendor === 'amd' && memoryBytes !== undefined ? amd.shift() : undefined;
      });
    },
    stop,
  };
}

function startLoop(): ChildProcess {
  const query = ['--query-gpu=pci.bus_id,memory.free', '--format=csv,noheader,nounits'];
  return spawn(nvidiaSmi, [...query, `--loop=${loopSeconds}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

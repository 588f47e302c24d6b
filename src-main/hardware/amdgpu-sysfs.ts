import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shortBusAddress } from './nvidia-smi.ts';

/** One card of Linux' amdgpu driver. */
export interface AmdCard {
  /** Such as `03:00.0`. */
  readonly busAddress: string;
  readonly memoryBytes: number;
  readonly freeBytes: number;
}

const drmFolder = '/sys/class/drm';

/** Reads the memory counters that the driver keeps in files. Starts no process. Empty elsewhere. */
export async function readAmdCards(folder = drmFolder): Promise<readonly AmdCard[]> {
  const names = await readdir(folder).catch(() => []); // Not Linux, or no graphics at all.
  const cards = names.filter((name) => /^card\d+$/.test(name));
  const found = await Promise.all(cards.map((name) => readCard(join(folder, name, 'device'))));
  return found
    .filter((card) => card !== undefined)
    .sort((a, b) => (a.busAddress < b.busAddress ? -1 : 1));
}

async function readCard(device: string): Promise<AmdCard | undefined> {
  try {
    const [total, used] = await Promise.all([
      readFile(join(device, 'mem_info_vram_total'), 'utf8'),
      readFile(join(device, 'mem_info_vram_used'), 'utf8'),
    ]);
    const memoryBytes = Number(total);
    const freeBytes = memoryBytes - Number(used);
    if (!(memoryBytes > 0) || !(freeBytes >= 0)) return undefined;
    return {
      busAddress: shortBusAddress(basename(await realpath(device))),
      memoryBytes,
      freeBytes,
    };
  } catch {
    return undefined; // Another driver's card has no such files.
  }
}

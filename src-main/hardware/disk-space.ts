import { statfs } from 'node:fs/promises';
import type { MachineLoad } from '../core/hardware.ts';

/** Space of the disk that holds `folder`. Rejects when the folder is not there. Starts no process. */
export async function readDiskSpace(folder: string): Promise<NonNullable<MachineLoad['disk']>> {
  const { bsize, bavail, blocks } = await statfs(folder);
  return { freeBytes: bsize * bavail, totalBytes: bsize * blocks };
}

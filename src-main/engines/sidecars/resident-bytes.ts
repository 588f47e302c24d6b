import { readFileSync } from 'node:fs';
import type { ModelManifest } from '../../core/model.ts';

/**
 * Bytes of memory that a process and its children take; undefined where the system has no `/proc`
 * (macOS and Windows would need another program to tell). Quick enough to be asked at any time.
 */
export function residentBytesOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  const status = readProc(pid, 'status');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
  if (kibibytes === undefined) return undefined;
  const children = (readProc(pid, `task/${String(pid)}/children`) ?? '').split(' ').filter(Boolean);
  return children.reduce(
    (sum, child) => sum + (residentBytesOf(Number(child)) ?? 0),
    Number(kibibytes) * 1024,
  );
}

/** What a loaded model takes at least: weights on a graphics card are not in the process's memory. */
export function takenBytes(pid: number | undefined, { sizeBytes }: ModelManifest): number {
  return Math.max(residentBytesOf(pid) ?? 0, sizeBytes);
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8');
  } catch {
    // Gone, or there is no such thing here.
    return undefined;
  }
}

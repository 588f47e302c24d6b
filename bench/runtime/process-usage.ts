import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessSample {
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

/** What `getconf CLK_TCK` says on every Linux that Node runs on. */
const ticksPerSecond = 100;
const userTimeField = 13;
const systemTimeField = 14;

/** CPU time and memory of another process so far; undefined where there is no /proc. */
export function sampleProcess(pid: number): ProcessSample | undefined {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name is in parentheses and may hold spaces: fields are counted from behind it.
  const fields = ['pid', 'name', ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')];
  const ticks = Number(fields[userTimeField]) + Number(fields[systemTimeField]);
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const residentKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuSeconds: ticks / ticksPerSecond, residentMiB: residentKiB / 1024 };
}

/** Processes that this one started and that still run; 0 where there is no /proc. */
export function childProcessCount(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return others.filter((other) => parentOf(other) === pid).length;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // It ended while we looked.
  }
}

import { requestRecord } from '../../contract/activity.ts';
import type { RequestRecord } from '../../contract/activity.ts';

/** Lines on the disk, for as long as the store takes nothing. Implemented by `platform/spool-folder`. */
export interface Spool {
  /** Resolves once they are on the disk. */
  append(lines: readonly string[]): Promise<void>;
  /** Names of what is there, oldest first. What is appended from now on goes elsewhere. */
  seal(): Promise<readonly string[]>;
  read(name: string): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

export function spoolLine(record: RequestRecord): string {
  return JSON.stringify(record);
}

/** Undefined for a line that is no record: a file may have been damaged or written by a newer Millpond. */
export function readSpoolLine(line: string): RequestRecord | undefined {
  try {
    return requestRecord.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // not JSON
  }
}

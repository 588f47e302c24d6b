/** Disks are sold in powers of ten. */
export function diskSize(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Memory is sold in powers of two. */
export function memorySize(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** Completes a sentence that another sentence may follow. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `2026-11-22`. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

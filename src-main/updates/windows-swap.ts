import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface WindowsSwap {
  readonly root: string;
  readonly staged: string;
  readonly kept: string;
  /** Where the script may lie. */
  readonly folder: string;
}

/**
 * Windows lets nobody rename the folder of a program that runs: a script waits for this process to end,
 * swaps the folders, undoes that if the second rename fails, and starts the window again. It has not
 * been run on Windows yet.
 */
export function swapAfterEnd(swap: WindowsSwap): void {
  mkdirSync(swap.folder, { recursive: true });
  const file = join(swap.folder, 'swap.ps1');
  // With a mark at the beginning, or PowerShell 5 reads names of folders in the wrong letters.
  writeFileSync(file, `\uFEFF${swapScript(swap, process.pid)}`);
  spawn('powershell.exe', ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', file], {
    ...{ detached: true, stdio: 'ignore', windowsHide: true },
  }).unref();
}

export function swapScript({ root, staged, kept }: WindowsSwap, pid: number): string {
  const [at, from, to] = [quoted(root), quoted(staged), quoted(kept)];
  return [
    `$ErrorActionPreference = 'Stop'`,
    `Wait-Process -Id ${pid.toString()} -Timeout 120 -ErrorAction SilentlyContinue`,
    `if (Test-Path -LiteralPath ${to}) { Remove-Item -LiteralPath ${to} -Recurse -Force }`,
    // Virus scanners hold files for a moment after a program has ended.
    `for ($try = 0; $try -lt 60; $try++) {`,
    `  try { Move-Item -LiteralPath ${at} -Destination ${to}; break } catch { Start-Sleep -Milliseconds 500 }`,
    `}`,
    `if (Test-Path -LiteralPath ${to}) {`,
    `  try { Move-Item -LiteralPath ${from} -Destination ${at} }`,
    `  catch { Move-Item -LiteralPath ${to} -Destination ${at} }`,
    `}`,
    `Start-Process -FilePath (Join-Path ${at} 'millpond-desktop.exe')`,
    '',
  ].join('\r\n');
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

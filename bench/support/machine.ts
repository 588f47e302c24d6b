import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from './project.ts';

/** Where the numbers were taken: they mean nothing on another machine. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly nodeLlamaCpp: string;
  /** Of the last minute, before the benchmark. Far above 0, others were working too. */
  readonly loadAverage: number;
  readonly measuredAt: string;
}

const gibibyte = 1024 ** 3;

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / gibibyte),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    nodeLlamaCpp: packageVersion('node-llama-cpp'),
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
    measuredAt: new Date().toISOString(),
  };
}

function packageVersion(name: string): string {
  const file = join(projectFolder, 'node_modules', name, 'package.json');
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned ? String(manifest.version) : 'unknown';
}

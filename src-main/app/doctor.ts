import { statfs } from 'node:fs/promises';
import type { z } from 'zod';
import type { system } from '../contract/system.ts';
import { MillpondError } from '../core/error.ts';
import type { HardwareSnapshot } from '../core/hardware.ts';
import type { ModelManifest } from '../core/model.ts';

type Checkup = z.infer<typeof system.doctor.output>['checks'];
type Check = Checkup[number];

export interface DoctorDeps {
  readonly dataFolder: string;
  readonly hardware: () => HardwareSnapshot | undefined;
  readonly models: () => readonly ModelManifest[];
  readonly budgetBytes: () => number;
  /** Starts an engine's probe on a file and reads it; rejects with the reason. */
  readonly probe: (path: string, signal: AbortSignal) => Promise<unknown>;
  /** Reads and writes a row; rejects with the reason. */
  readonly checkDatabase: () => Promise<void>;
  /** Sentences said at start, such as settings that had to be reset. */
  readonly notices: () => readonly string[];
}

const oldestNode = 24;
const scarceBytes = 2e9;
const probeLimitMs = 30_000;

/** Looks at everything that commonly goes wrong and says what to do about it. */
export async function examine(deps: DoctorDeps): Promise<Checkup> {
  const asked = await Promise.all([dataFolder(deps), database(deps), engine(deps)]);
  const checks = [nodeVersion(), ...asked, memory(deps), graphics(deps), models(deps)];
  const notices = deps.notices().map((detail) => warning('Start', detail));
  return [...checks, ...notices];
}

function nodeVersion(): Check {
  const name = 'Node';
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= oldestNode) return ok(name, `Version ${node}.`);
  return problem(
    name,
    `Version ${node} is too old; Millpond needs ${String(oldestNode)} or newer.`,
  );
}

async function dataFolder({ dataFolder: folder }: DoctorDeps): Promise<Check> {
  const name = 'Data folder';
  const disk = await statfs(folder);
  const freeBytes = disk.bavail * disk.bsize;
  const detail = `${folder}, ${gigabytes(freeBytes)} free on its disk`;
  return freeBytes > scarceBytes ? ok(name, `${detail}.`) : warning(name, `${detail}: make room.`);
}

async function database({ checkDatabase }: DoctorDeps): Promise<Check> {
  const name = 'Database';
  try {
    await checkDatabase();
    return ok(name, 'Reads and writes.');
  } catch (error) {
    return problem(name, MillpondError.from(error).message);
  }
}

async function engine({ models: list, probe }: DoctorDeps): Promise<Check> {
  const name = 'Engine';
  const bundled = list().find((model) => model.source === 'bundled');
  if (!bundled) return problem(name, 'The bundled model is missing; install Millpond again.');
  try {
    await probe(bundled.path, AbortSignal.timeout(probeLimitMs));
    return ok(name, `Starts and reads ${bundled.name}.`);
  } catch (error) {
    return problem(name, MillpondError.from(error).message);
  }
}

function memory({ hardware, budgetBytes }: DoctorDeps): Check {
  const total = hardware()?.totalMemoryBytes;
  const share = `Models may take ${memoryGigabytes(budgetBytes())}`;
  return ok('Memory', total === undefined ? `${share}.` : `${share} of ${memoryGigabytes(total)}.`);
}

function graphics({ hardware }: DoctorDeps): Check {
  const name = 'Graphics';
  const gpus = hardware()?.gpus ?? [];
  if (gpus.length === 0) return ok(name, 'No graphics card was found; models run on the CPU.');
  return ok(name, `${gpus.map((gpu) => gpu.name).join(', ')}.`);
}

function models({ models: list }: DoctorDeps): Check {
  const name = 'Models';
  const broken = list().filter((model) => model.problem !== undefined);
  if (broken.length === 0) return ok(name, `${String(list().length)} installed, all readable.`);
  return warning(name, broken.map((model) => `${model.id}: ${model.problem ?? ''}`).join(' · '));
}

function ok(name: string, detail: string): Check {
  return { name, outcome: 'ok', detail };
}

function warning(name: string, detail: string): Check {
  return { name, outcome: 'warning', detail };
}

function problem(name: string, detail: string): Check {
  return { name, outcome: 'problem', detail };
}

/** Disks are sold in powers of ten. */
function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Memory is sold in powers of two. */
function memoryGigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

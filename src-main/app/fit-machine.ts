import { unifiedGpuLimit } from '../models/fit/fit.ts';
import type { FitLimits } from '../models/fit/fit.ts';
import type { FitMachine } from '../models/fit/ports.ts';
import type { Machine } from './machine.ts';

/** This machine as predictions see it. */
export function fitMachineOf(machine: Machine, threads: number): FitMachine {
  const gpuNames = (): readonly string[] =>
    (machine.hardware()?.gpus ?? []).filter(({ isMissing }) => !isMissing).map(({ name }) => name);
  return {
    limits: () => limitsOf(machine),
    gpuNames,
    fingerprint: () => JSON.stringify([machine.hardware()?.cpuModel, gpuNames()]),
    threads: () => threads,
  };
}

/** What models may take of it. */
export function limitsOf(machine: Machine): FitLimits {
  const hardware = machine.hardware();
  const limitBytes = machine.budgetBytes();
  if (hardware?.hasUnifiedMemory) {
    const gpuLimitBytes = Math.min(limitBytes, unifiedGpuLimit(hardware.totalMemoryBytes));
    return { limitBytes, gpuLimitBytes, isUnified: true };
  }
  const gpuLimitBytes = machine.gpuBudgetBytes();
  return { limitBytes, ...(gpuLimitBytes !== undefined && { gpuLimitBytes }), isUnified: false };
}

/** Memory that one model may take at most, wherever it lies. */
export function largestModelBytes(machine: Machine): number {
  const { limitBytes, gpuLimitBytes, isUnified } = limitsOf(machine);
  return isUnified ? limitBytes : Math.max(limitBytes, gpuLimitBytes ?? 0);
}

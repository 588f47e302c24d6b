import type { Clock } from '../../core/clock.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { ProgramLauncher } from '../../platform/program-launcher.ts';
import type { BatteryReader } from '../battery.ts';
import type { GpuMemoryReader } from '../gpu-memory.ts';
import { amdUse } from './amd-use.ts';
import { linuxFullScreen } from './linux-full-screen.ts';
import { linuxIdle } from './linux-idle.ts';
import { linuxPrograms } from './linux-programs.ts';
import { macosHelper } from './macos-helper.ts';
import { gpuFree, mains, noGpuCounters } from './machine-readings.ts';
import { nvidiaTemperature, nvidiaUse } from './nvidia-use.ts';
import { createOwnerSignals } from './owner-signals.ts';
import type { OwnerSignals } from './owner-signals.ts';
import type { SignalSource } from './owner-readings.ts';
import { windowsHelper } from './windows-helper.ts';

export interface SystemSignalsDeps {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly launcher: ProgramLauncher;
  readonly clock: Clock;
  /** Cards as the snapshot knows them when the signals are made. */
  readonly gpus: readonly GpuFacts[];
  /** A reader of its own: it is started and stopped with the signal. */
  readonly gpuMemory: GpuMemoryReader;
  readonly battery: BatteryReader;
  /** Engine processes of ours. */
  readonly isOwnProcess: (pid: number) => boolean;
  /** An engine of ours is answering. */
  readonly areWeComputing: () => boolean;
}

/** The readers that this system has. Nothing runs until a rule wants it. */
export function createSystemSignals(deps: SystemSignalsDeps): OwnerSignals {
  return createOwnerSignals([
    ...personSources(deps),
    ...gpuSources(deps),
    gpuFreeOf(deps),
    mains(deps),
  ]);
}

function personSources(deps: SystemSignalsDeps): readonly SignalSource[] {
  const { platform, environment, launcher, clock } = deps;
  switch (platform) {
    case 'win32':
      return [windowsHelper({ launcher })];
    case 'darwin':
      return [macosHelper({ launcher })];
    default: {
      const display = environment['DISPLAY'];
      const hasDesktop = (display ?? environment['WAYLAND_DISPLAY']) !== undefined;
      return [
        linuxIdle({ launcher, clock, hasDesktop }),
        linuxFullScreen({ launcher, display }),
        linuxPrograms({ clock }),
      ];
    }
  }
}

function gpuSources(deps: SystemSignalsDeps): readonly SignalSource[] {
  const { gpus, launcher, platform } = deps;
  const has = (vendor: GpuFacts['vendor']): boolean => gpus.some((gpu) => gpu.vendor === vendor);
  if (has('nvidia')) return [nvidiaUse(deps), nvidiaTemperature({ launcher })];
  return has('amd') && platform === 'linux' ? [amdUse(deps)] : [noGpuCounters()];
}

function gpuFreeOf({ clock, gpuMemory }: SystemSignalsDeps): SignalSource {
  return gpuFree({ clock, reader: gpuMemory });
}

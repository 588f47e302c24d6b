import type { Clock } from '../../core/clock.ts';
import type { BatteryReader } from '../battery.ts';
import type { GpuMemoryReader } from '../gpu-memory.ts';
import type { SignalSource } from './owner-readings.ts';
import { poll } from './poll.ts';
import { known, unknown } from './told.ts';

/** Free graphics memory, of the card with the least. */
export function gpuFree(deps: {
  readonly clock: Clock;
  readonly reader: GpuMemoryReader;
}): SignalSource {
  const { clock, reader } = deps;
  return {
    serves: ['gpuFree'],
    start(report) {
      reader.start();
      const stop = poll(clock, async () => {
        await reader.refresh();
        const free = reader.latest().filter((bytes) => bytes !== undefined);
        report(
          'gpuFree',
          free.length > 0
            ? known(Math.min(...free))
            : unknown('no driver tells how much graphics memory is free'),
        );
      });
      return () => {
        stop();
        reader.stop();
      };
    },
  };
}

/** Whether the computer hangs on its battery; one without a battery never does. */
export function mains(deps: {
  readonly clock: Clock;
  readonly battery: BatteryReader;
}): SignalSource {
  const { clock, battery } = deps;
  return {
    serves: ['mains'],
    start: (report) =>
      poll(clock, async () => {
        try {
          const charge = await battery.read();
          report('mains', known(charge?.isCharging ?? true));
        } catch {
          report('mains', unknown('the system did not tell about its battery'));
        }
      }),
  };
}

/** For a machine whose graphics no tool here can watch. */
export function noGpuCounters(): SignalSource {
  return {
    serves: ['gpuUse', 'celsius'],
    start(report) {
      report('gpuUse', unknown('no driver here tells what uses the graphics card'));
      report('celsius', unknown('no driver here tells how hot the graphics card is'));
      return () => {};
    },
  };
}

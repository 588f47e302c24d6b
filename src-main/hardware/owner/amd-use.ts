import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { GpuUse, SignalSource } from './owner-readings.ts';
import { poll } from './poll.ts';
import { known, unknown } from './told.ts';

const drmFolder = '/sys/class/drm';

/** What the driver of one card keeps in files. */
export interface AmdCounters {
  /** Of everybody together, ourselves included. */
  readonly busyPercent: number | undefined;
  readonly celsius: number | undefined;
}

/**
 * The amdgpu driver counts a card's work in files, of all programs together. While our own engines
 * compute it says nothing about others, so the last reading before that stays.
 */
export function amdUse(deps: {
  readonly clock: Clock;
  readonly areWeComputing: () => boolean;
  readonly folder?: string;
}): SignalSource {
  const { clock, areWeComputing, folder = drmFolder } = deps;
  return {
    serves: ['gpuUse', 'celsius'],
    start: (report) =>
      poll(clock, async () => {
        const cards = await readAmdCounters(folder);
        const busy = busiest(cards);
        if (busy === undefined)
          report('gpuUse', unknown('the driver does not tell how busy it is'));
        else if (!areWeComputing()) report('gpuUse', known(busy));
        const heat = cards.flatMap(({ celsius }) => celsius ?? []);
        report(
          'celsius',
          heat.length > 0
            ? known(Math.max(...heat))
            : unknown('the driver does not tell how hot it is'),
        );
      }),
  };
}

export async function readAmdCounters(folder = drmFolder): Promise<readonly AmdCounters[]> {
  const names = await readdir(folder).catch(() => []);
  const cards = names.filter((name) => /^card\d+$/.test(name)).sort();
  return await Promise.all(cards.map((card) => readCard(join(folder, card, 'device'))));
}

async function readCard(device: string): Promise<AmdCounters> {
  const sensors = await readdir(join(device, 'hwmon')).catch(() => []);
  const [busyPercent, ...heat] = await Promise.all([
    readNumber(join(device, 'gpu_busy_percent')),
    ...sensors.map((sensor) => readNumber(join(device, 'hwmon', sensor, 'temp1_input'))),
  ]);
  const milliCelsius = heat.find((value) => value !== undefined);
  return { busyPercent, celsius: milliCelsius === undefined ? undefined : milliCelsius / 1000 };
}

async function readNumber(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => ''); // Another driver has no such file.
  return text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
}

function busiest(cards: readonly AmdCounters[]): GpuUse | undefined {
  return cards
    .flatMap(({ busyPercent }, gpu) =>
      busyPercent === undefined ? [] : { gpu, percent: busyPercent },
    )
    .toSorted((a, b) => b.percent - a.percent)[0];
}

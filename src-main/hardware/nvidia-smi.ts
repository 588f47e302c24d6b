import { outputOf } from './bounded-child.ts';

/** One NVIDIA card as its driver's own tool describes it. */
export interface NvidiaCard {
  readonly name: string;
  /** Such as `01:00.0`, lower case: how it is told from a second one of the same name. */
  readonly busAddress: string;
  readonly driver: string;
  readonly memoryBytes: number;
}

/** Ships with the driver and is on the path on every system. */
export const nvidiaSmi = 'nvidia-smi';
const mebibyte = 1024 * 1024;
const fields = 'pci.bus_id,name,driver_version,memory.total';

/** All NVIDIA cards in the order of their bus, which is how engines number them; empty without any. */
export async function askNvidiaSmi(): Promise<readonly NvidiaCard[]> {
  const output = await outputOf(nvidiaSmi, [
    `--query-gpu=${fields}`,
    '--format=csv,noheader,nounits',
  ]);
  return output === undefined ? [] : parseNvidiaCards(output);
}

/** Reads `--query-gpu=pci.bus_id,name,driver_version,memory.total --format=csv,noheader,nounits`. */
export function parseNvidiaCards(csv: string): readonly NvidiaCard[] {
  return rows(csv).flatMap(([bus, name, driver, mebibytes]) => {
    const size = Number(mebibytes);
    // A card that fell off its bus answers `[Unknown Error]` in every column.
    if (bus === undefined || name === undefined || !(size > 0)) return [];
    return [
      {
        name,
        busAddress: shortBusAddress(bus),
        driver: driver ?? '',
        memoryBytes: size * mebibyte,
      },
    ];
  });
}

/** Reads one line of `--query-gpu=pci.bus_id,memory.free`: bytes, undefined when the card does not say. */
export function parseFreeMemory(
  line: string,
): { readonly busAddress: string; readonly freeBytes: number | undefined } | undefined {
  const [bus, mebibytes] = rows(line)[0] ?? [];
  if (bus === undefined || mebibytes === undefined) return undefined;
  const free = Number(mebibytes);
  return {
    busAddress: shortBusAddress(bus),
    freeBytes: Number.isFinite(free) ? free * mebibyte : undefined,
  };
}

function rows(csv: string): string[][] {
  return csv
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
}

/** `00000000:0A:00.0` without its domain, as `lspci` writes it. */
export function shortBusAddress(bus: string): string {
  return bus.toLowerCase().replace(/^[0-9a-f]{4,8}:/, '');
}

import type { Clock } from '../core/clock.ts';
import type { MachineLoad } from '../core/hardware.ts';
import type { SystemBattery } from './system-reader.ts';

type Charge = NonNullable<MachineLoad['battery']>;

export interface BatteryReader {
  /** Undefined on machines without one. */
  read(): Promise<Charge | undefined>;
}

/** Windows and macOS start a process for each look, and a charge changes slowly. */
const intervalMs = 60_000;

/** Reads the charge at most once a minute, and never again on a machine that has no battery. */
export function createBatteryReader(deps: {
  readonly clock: Clock;
  readonly ask: () => Promise<SystemBattery>;
}): BatteryReader {
  const { clock, ask } = deps;
  let newest: { readonly at: number; readonly charge: Charge | undefined } | undefined;
  return {
    async read() {
      const at = clock.now();
      const isFresh =
        newest !== undefined && (newest.charge === undefined || at - newest.at < intervalMs);
      if (!isFresh) newest = { at, charge: chargeOf(await ask()) };
      return newest?.charge;
    },
  };
}

function chargeOf({ hasBattery, isCharging, acConnected, percent }: SystemBattery) {
  if (!hasBattery) return undefined;
  return { isCharging: isCharging || acConnected, share: Math.min(1, Math.max(0, percent / 100)) };
}

import type { OwnerReadings, Report, SignalName, SignalSource } from './owner-readings.ts';

/** Reads what sharing rules need, each signal from one long-lived source. */
export interface OwnerSignals {
  /** Only these are read from now on; the sources of all others end. */
  observe(wanted: ReadonlySet<SignalName>): void;
  readings(): OwnerReadings;
  onChanged(listener: () => void): () => void;
}

/** Runs a source exactly while somebody wants what it serves. */
export function createOwnerSignals(sources: readonly SignalSource[]): OwnerSignals {
  const running = new Map<SignalSource, () => void>();
  const listeners = new Set<() => void>();
  let wanted: ReadonlySet<SignalName> = new Set();
  let readings: OwnerReadings = {};

  const report: Report = (name, reading) => {
    if (!wanted.has(name)) return;
    const before = readings[name];
    readings = { ...readings, [name]: reading };
    if (JSON.stringify(before, setsAsLists) === JSON.stringify(reading, setsAsLists)) return;
    for (const listener of listeners) listener();
  };

  function stop(source: SignalSource): void {
    running.get(source)?.();
    running.delete(source);
  }

  return {
    observe(next) {
      wanted = next;
      const names = Object.keys(readings) as SignalName[];
      readings = Object.fromEntries(
        names.filter((name) => next.has(name)).map((name) => [name, readings[name]]),
      );
      for (const source of sources) {
        const isWanted = source.serves.some((name) => next.has(name));
        if (!isWanted) stop(source);
        else if (!running.has(source)) running.set(source, source.start(report));
      }
    },
    readings: () => readings,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function setsAsLists(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...(value as Set<unknown>)] : value;
}

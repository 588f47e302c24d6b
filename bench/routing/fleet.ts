import type { Random } from './random.ts';

/** A machine at somebody's home as it is simulated. */
export interface NodeSpec {
  readonly id: string;
  /** Answers at the same time; each slot remembers one prompt. */
  readonly slots: number;
  /** Tokens a second of a prompt that is read alone. */
  readonly prefillPerSecond: number;
  /** Tokens a second of an answer that is written alone. */
  readonly decodePerSecond: number;
  readonly loadMs: number;
  readonly roundTripMs: number;
  /** The model is in memory when the trace begins. */
  readonly isLoaded: boolean;
  /** Milliseconds at which it goes and comes back, in order; it comes back with empty slots. */
  readonly absences: readonly { readonly from: number; readonly until: number }[];
}

export interface FleetOptions {
  readonly nodes: number;
  /** Share of machines that have yet to load the model. */
  readonly coldShare?: number;
  /** Mean time between two absences of a machine; absent: nobody leaves. */
  readonly meanPresenceMs?: number;
}

/** One machine in five reads on its processor or an old card. */
const slowShare = 0.2;
const graphicsPrefill = { low: 200, high: 2000 };
const slowPrefill = { low: 40, high: 200 };
/** Writing goes with reading, but not as its equal: memory speed varies less than arithmetic. */
const decodeOfPrefill = (prefill: number): number => 1.1 * prefill ** 0.55;
const meanAbsenceMs = 60_000;
const horizonMs = 3_600_000;

/** Machines as `gateway.md` §6b ranges them: 1–4 slots, 40–2,000 tokens a second. */
export function drawFleet(random: Random, options: FleetOptions): readonly NodeSpec[] {
  return Array.from({ length: options.nodes }, (_, index) => {
    const own = random.fork();
    const { low, high } = own.next() < slowShare ? slowPrefill : graphicsPrefill;
    const prefillPerSecond = own.logBetween(low, high);
    return {
      id: `node-${String(index).padStart(3, '0')}`,
      slots: own.whole(1, 4),
      prefillPerSecond,
      decodePerSecond: decodeOfPrefill(prefillPerSecond) * own.between(0.8, 1.25),
      loadMs: own.logBetween(5000, 40_000),
      roundTripMs: own.logBetween(5, 80),
      isLoaded: index === 0 || own.next() >= (options.coldShare ?? 0),
      absences: drawAbsences(own, options.meanPresenceMs),
    };
  });
}

function drawAbsences(random: Random, meanPresenceMs: number | undefined): NodeSpec['absences'] {
  if (meanPresenceMs === undefined) return [];
  const absences: NodeSpec['absences'][number][] = [];
  let at = random.exponential(meanPresenceMs);
  while (at < horizonMs) {
    const until = at + 5000 + random.exponential(meanAbsenceMs);
    absences.push({ from: at, until });
    at = until + random.exponential(meanPresenceMs);
  }
  return absences;
}

/** What a second answer beside the first costs each of them; part of the fluid model of a machine. */
export const decodeContention = 0.25;

/** Answers' tokens a second of a machine all of whose slots are writing. */
export function fullDecodePerSecond({ slots, decodePerSecond }: NodeSpec): number {
  return (slots * decodePerSecond) / (1 + decodeContention * (slots - 1));
}

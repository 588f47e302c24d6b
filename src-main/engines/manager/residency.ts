import { MillpondError } from '../../core/error.ts';

/** A model that takes memory now, or is about to. */
export interface Resident {
  readonly id: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly lastUsedAt: number;
  /** Answering or waited for: never evicted. */
  readonly isBusy: boolean;
}

/**
 * - `fits` after the named models were unloaded, in this order
 * - `wait` until a busy model has finished
 * - `too-big` even for an empty machine
 */
export type RoomPlan =
  | { readonly kind: 'fits'; readonly evict: readonly string[] }
  | { readonly kind: 'wait'; readonly missingBytes: number }
  | { readonly kind: 'too-big'; readonly missingBytes: number };

/** Decides what must go so that a model gets its memory: idle ones only, least recently used first. */
export function planRoom(need: {
  readonly bytes: number;
  readonly budgetBytes: number;
  readonly residents: readonly Resident[];
}): RoomPlan {
  const { bytes, budgetBytes, residents } = need;
  if (bytes > budgetBytes) return { kind: 'too-big', missingBytes: bytes - budgetBytes };
  let missingBytes = sumBytes(residents) + bytes - budgetBytes;
  const evict: string[] = [];
  for (const resident of leastRecentFirst(residents)) {
    if (missingBytes <= 0) break;
    if (resident.isBusy) continue;
    evict.push(resident.id);
    missingBytes -= resident.bytes;
  }
  return missingBytes <= 0 ? { kind: 'fits', evict } : { kind: 'wait', missingBytes };
}

/** Models that nobody has used for `idleMs`; 0 keeps every model. */
export function expiredResidents(
  residents: readonly Resident[],
  now: number,
  idleMs: number,
): readonly string[] {
  if (idleMs <= 0) return [];
  return leastRecentFirst(residents)
    .filter((resident) => !resident.isBusy && now - resident.lastUsedAt >= idleMs)
    .map((resident) => resident.id);
}

/** The refusal of a model that does not fit, with the missing amount in GB. */
export function noRoomError(
  name: string,
  plan: Exclude<RoomPlan, { kind: 'fits' }>,
): MillpondError {
  const missing = `${name} needs ${formatGigabytes(plan.missingBytes)} more memory`;
  return plan.kind === 'too-big'
    ? new MillpondError(
        'out-of-memory',
        `${missing} than models may take; allow more under Settings, or pick a smaller context or model`,
      )
    : new MillpondError(
        'out-of-memory',
        `${missing} while other models are answering; try again when they have finished, or unload one`,
        { retryAfterMs: 30_000 },
      );
}

function leastRecentFirst(residents: readonly Resident[]): readonly Resident[] {
  return residents.toSorted((a, b) => a.lastUsedAt - b.lastUsedAt);
}

function sumBytes(residents: readonly Resident[]): number {
  return residents.reduce((sum, resident) => sum + resident.bytes, 0);
}

/** Rounded up, so that it never names less than what is missing. */
function formatGigabytes(bytes: number): string {
  const step = bytes < 1e8 ? 1e7 : 1e8;
  return `${(Math.ceil(bytes / step) * (step / 1e9)).toFixed(step === 1e7 ? 2 : 1)} GB`;
}

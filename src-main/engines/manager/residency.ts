import { MillpondError } from '../../core/error.ts';
import { formatMemory } from '../../core/memory-size.ts';

/** What a model takes of main and graphics memory. */
export interface MemoryNeed {
  readonly cpuBytes: number;
  readonly gpuBytes: number;
}

/** What models may take together. */
export interface MemoryBudget {
  readonly cpuBytes: number;
  /** Absent: graphics memory is main memory, or there is none. */
  readonly gpuBytes?: number;
}

/** A model that takes memory now, or is about to. */
export interface Resident {
  readonly id: string;
  readonly need: MemoryNeed;
  /** Epoch milliseconds. */
  readonly lastUsedAt: number;
  /** Answering or waited for: never evicted. */
  readonly isBusy: boolean;
  /** Its owner uses it, or did so lately. */
  readonly isOwners: boolean;
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

/**
 * Decides what must go so that a model gets its memory: idle ones only, least recently used first.
 * Others never cost the owner a model, and the owner does not wait for others' answers.
 */
export function planRoom(order: {
  readonly need: MemoryNeed;
  readonly budget: MemoryBudget;
  readonly residents: readonly Resident[];
  /** The memory is wanted for somebody else than this machine's owner. */
  readonly isForOthers: boolean;
}): RoomPlan {
  const { need, budget, residents, isForOthers } = order;
  const alone = missingBytes(need, budget);
  if (alone > 0) return { kind: 'too-big', missingBytes: alone };
  let taken = residents.reduce((sum, resident) => add(sum, resident.need, 1), need);
  const evict: string[] = [];
  const mayGo = (resident: Resident): boolean =>
    isForOthers ? !resident.isBusy && !resident.isOwners : !resident.isBusy || !resident.isOwners;
  for (const resident of idleFirst(residents)) {
    if (missingBytes(taken, budget) <= 0) break;
    if (!mayGo(resident) || !helps(resident.need, taken, budget)) continue;
    evict.push(resident.id);
    taken = add(taken, resident.need, -1);
  }
  const missing = missingBytes(taken, budget);
  return missing > 0 ? { kind: 'wait', missingBytes: missing } : { kind: 'fits', evict };
}

/** Whether so much is more than models may take together. */
export function exceeds(need: MemoryNeed, budget: MemoryBudget): boolean {
  return missingBytes(need, budget) > 0;
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

/** The refusal of a model that does not fit, with the missing amount as the window writes memory. */
export function noRoomError(
  name: string,
  plan: Exclude<RoomPlan, { kind: 'fits' }>,
): MillpondError {
  const missing = `${name} needs ${formatMemory(plan.missingBytes)} more memory`;
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

function missingBytes(need: MemoryNeed, budget: MemoryBudget): number {
  if (budget.gpuBytes === undefined) return over(need.cpuBytes + need.gpuBytes, budget.cpuBytes);
  return over(need.cpuBytes, budget.cpuBytes) + over(need.gpuBytes, budget.gpuBytes);
}

/** Whether its memory is of the kind that is lacking: nothing is evicted in vain. */
function helps(freed: MemoryNeed, taken: MemoryNeed, budget: MemoryBudget): boolean {
  return missingBytes(add(taken, freed, -1), budget) < missingBytes(taken, budget);
}

function over(bytes: number, limit: number): number {
  return Math.max(0, bytes - limit);
}

function add(a: MemoryNeed, b: MemoryNeed, sign: 1 | -1): MemoryNeed {
  return { cpuBytes: a.cpuBytes + sign * b.cpuBytes, gpuBytes: a.gpuBytes + sign * b.gpuBytes };
}

/** A model that is answering goes only when the idle ones are not enough. */
function idleFirst(residents: readonly Resident[]): readonly Resident[] {
  return leastRecentFirst(residents).toSorted((a, b) => Number(a.isBusy) - Number(b.isBusy));
}

function leastRecentFirst(residents: readonly Resident[]): readonly Resident[] {
  return residents.toSorted((a, b) => a.lastUsedAt - b.lastUsedAt);
}

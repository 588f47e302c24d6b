import type { PoolMachine } from '../../contract/nodes.ts';
import type { SharingState } from '../../core/node.ts';

export type MachinePhase = PoolMachine['phase'];

/** How a machine is, in the words of the contract. */
export interface Standing {
  readonly phase: MachinePhase;
  /** One clause; empty when there is nothing to say. */
  readonly reason: string;
  readonly backAt?: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** What the phase of a machine follows from. */
export interface Presence {
  readonly isConnected: boolean;
  /** Undefined until its first advert. */
  readonly sharing: SharingState | undefined;
  /** Said that it leaves, or was told to. */
  readonly isLeaving: boolean;
  readonly now: number;
}

/** How long a machine that should be here counts as lost before it counts as away. */
export const lostForMs = 15 * 60_000;

/** The next standing; the same object as before when nothing changed. */
export function nextStanding(before: Standing, presence: Presence): Standing {
  const next = presence.isConnected ? present(presence) : absent(before, presence);
  const isSame =
    next.phase === before.phase && next.reason === before.reason && next.backAt === before.backAt;
  if (isSame) return before;
  return { ...next, since: next.phase === before.phase ? before.since : presence.now };
}

export function isPresent(phase: MachinePhase): boolean {
  return phase === 'online' || phase === 'finishing' || phase === 'paused';
}

function present({ sharing, isLeaving }: Presence): Omit<Standing, 'since'> {
  if (isLeaving) return { phase: 'finishing', reason: 'it leaves the pool' };
  if (sharing === undefined || sharing.phase === 'sharing') return { phase: 'online', reason: '' };
  return {
    phase: sharing.phase,
    reason: sharing.reason,
    ...(sharing.until !== undefined && { backAt: sharing.until }),
  };
}

function absent(before: Standing, { isLeaving, now }: Presence): Omit<Standing, 'since'> {
  const gone = { phase: 'offline', reason: '' } as const;
  if (before.phase === 'offline' || isLeaving) return gone;
  if (before.phase === 'lost' && now - before.since >= lostForMs) return gone;
  return { phase: 'lost', reason: 'the connection broke' };
}

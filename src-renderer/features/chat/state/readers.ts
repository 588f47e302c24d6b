import type { ChatParameters, Membership } from '../../../api.ts';
import type { HeldPool } from '../../../state/held-pools.ts';
import type { ChatModel } from '../types.ts';

export type Privacy = NonNullable<ChatParameters['privacy']>;

/** Who answers a chat that chose nothing. */
export const usualPrivacy: Privacy = 'trusted';

export interface Reader {
  readonly machine: string;
  readonly person: string;
}

/** Who can read the next message: this machine, these others, and perhaps somebody who is a guest. */
export interface Readers {
  readonly isHere: boolean;
  readonly others: readonly Reader[];
  /** Guests of a joined pool read too; their names are known only there. */
  readonly hasUnknownGuests: boolean;
}

export interface ReadersQuestion {
  readonly model: ChatModel;
  readonly privacy: Privacy;
  readonly memberships: readonly Membership[];
  readonly held: readonly HeldPool[];
}

/**
 * Everybody whose machine may get the message. A model that is here can still be answered by a pool that
 * has the same one, so those machines count too.
 */
export function readersOf({ model, privacy, memberships, held }: ReadersQuestion): Readers {
  const isHere = model.pool === undefined;
  if (privacy === 'this-machine') return { isHere, others: [], hasUnknownGuests: false };
  const joined = memberships.filter((membership) => offers(membership, model));
  return {
    isHere,
    others: unique([
      ...held.flatMap((pool) => heldReaders(pool, model, privacy)),
      ...joined.flatMap(({ readers, gatewayName, poolName }) => [
        ...readers,
        // Whoever runs the gateway passes every message on.
        { machine: gatewayName === '' ? poolName : gatewayName, person: '' },
      ]),
    ]),
    hasUnknownGuests: privacy === 'any' && joined.length > 0,
  };
}

function offers({ mayAsk, link, poolId, models }: Membership, model: ChatModel): boolean {
  if (!mayAsk || link.phase !== 'online') return false;
  if (model.pool !== undefined && model.pool.id !== poolId) return false;
  return models.some(({ id, digest }) => id === model.id || isSame(digest, model.digest));
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

function heldReaders(pool: HeldPool, model: ChatModel, privacy: Privacy): readonly Reader[] {
  return pool.machines
    .filter(
      ({ isThisMachine, trust }) => !isThisMachine && (privacy === 'any' || trust !== 'guest'),
    )
    .filter(({ offers: names }) => names.some((name) => name === model.id || name === model.digest))
    .map(({ name, person }) => ({ machine: name, person }));
}

/** A machine once, with its owner where that is known. */
function unique(readers: readonly Reader[]): readonly Reader[] {
  return [...Map.groupBy(readers, ({ machine }) => machine).values()].flatMap(
    (same) => same.find(({ person }) => person !== '') ?? same[0] ?? [],
  );
}

import { create } from 'zustand';
import { api, events } from '../api.ts';
import type { NodeTrust, PoolOverview } from '../api.ts';
import { usePools } from './pools.ts';
import { createToldLast } from './told-last.ts';

/** What a chat needs to know of a pool that is held here: its models, and which machines have them. */
export interface HeldPool {
  readonly id: string;
  readonly machines: readonly HeldMachine[];
  readonly models: readonly HeldModel[];
  /** Models that no machine offers now, but one has, or had since this window was opened. */
  readonly absent: readonly NamedModel[];
}

export interface NamedModel {
  readonly id: string;
  readonly name: string;
}

export interface HeldMachine {
  readonly name: string;
  readonly person: string;
  readonly trust: NodeTrust;
  readonly isThisMachine: boolean;
  /** Digests and ids of the models that it offers. */
  readonly offers: readonly string[];
}

type PoolModel = PoolOverview['models'][number];
export type HeldModel = Pick<
  PoolModel,
  'id' | 'name' | 'digest' | 'contextLength' | 'capabilities' | 'machines'
> & { readonly isReady: boolean };

interface HeldPools {
  readonly pools: readonly HeldPool[];
}

export const useHeldPools = create<HeldPools>()(() => ({ pools: [] }));

const { answer, told } = createToldLast();

/** The part of a pool's picture that stays the same while only figures move. */
export function heldPoolOf(overview: PoolOverview, before?: HeldPool): HeldPool {
  const { poolId, machines, models } = overview;
  return {
    id: poolId,
    absent: absentModels(overview, before),
    machines: machines
      .filter(({ phase }) => phase === 'online')
      .map(({ name, personName, trust, isThisMachine, models: offered }) => ({
        ...{ name, person: personName, trust, isThisMachine },
        offers: offered
          .filter(({ proof }) => proof !== 'quarantined')
          .flatMap(({ id, digest }) => (digest === undefined ? [id] : [id, digest])),
      })),
    models: models.map(
      ({ id, name, digest, contextLength, capabilities, machines: count, ...more }) => ({
        ...{ id, name, contextLength, capabilities, machines: count },
        ...(digest !== undefined && { digest }),
        isReady: more.machinesReady > 0,
      }),
    ),
  };
}

function absentModels({ machines, models }: PoolOverview, before: HeldPool | undefined) {
  const offered = new Set(models.map(({ id }) => id));
  const heardOf = [
    ...(before?.absent ?? []),
    ...(before?.models ?? []),
    ...machines.flatMap((machine) => machine.models),
  ];
  const names = new Map(heardOf.map(({ id, name }) => [id, name]));
  return [...names].flatMap(([id, name]) => (offered.has(id) ? [] : [{ id, name }]));
}

function show(overview: PoolOverview): void {
  const { pools } = useHeldPools.getState();
  const known = pools.find(({ id }) => id === overview.poolId);
  const next = heldPoolOf(overview, known);
  // Figures move twice a second; the chat must not be drawn again for them.
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(next)) return;
  useHeldPools.setState({ pools: [...pools.filter(({ id }) => id !== next.id), next] });
}

/** Asks how each pool is whenever the list of pools changes. */
export function followHeldPools(): void {
  usePools.subscribe(({ pools = [] }, before) => {
    if (pools === before.pools) return;
    const ids = new Set(pools.map(({ id }) => id));
    useHeldPools.setState((state) => ({ pools: state.pools.filter(({ id }) => ids.has(id)) }));
    for (const id of ids) {
      // Without an answer the pool's models are missing in the picker until the next change.
      answer(api.pools.overview({ id }), show).catch(() => undefined);
    }
  });
  events.pools.onOverview((overview) => {
    told(() => {
      show(overview);
    });
  });
}

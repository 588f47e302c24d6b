import type { Membership, Pool } from '../../../api.ts';
import type { HeldPool } from '../../../state/held-pools.ts';
import type { ChatModel, InstalledModel } from '../types.ts';

export interface PooledSources {
  readonly installed: readonly InstalledModel[];
  readonly memberships: readonly Membership[];
  /** Pools that this gateway holds, by name, and what their machines offer. */
  readonly pools: readonly Pool[];
  readonly held: readonly HeldPool[];
}

/** Models that only machines of pools have, as a chat asks for them. */
export function poolModelsOf(sources: PooledSources): readonly ChatModel[] {
  const own = new Set(sources.installed.map(({ id }) => id));
  return [...heldModels(sources, own), ...joinedModels(sources.memberships)];
}

function heldModels({ pools, held }: PooledSources, own: ReadonlySet<string>) {
  return held.flatMap(({ id: poolId, models }) =>
    models
      .filter(({ id }) => !own.has(id))
      .map((model) => pooled(model, { id: poolId, name: nameOf(pools, poolId) })),
  );
}

function nameOf(pools: readonly Pool[], poolId: string): string {
  return pools.find(({ id }) => id === poolId)?.name ?? '';
}

function joinedModels(memberships: readonly Membership[]): readonly ChatModel[] {
  return memberships
    .filter(({ mayAsk, link }) => mayAsk && link.phase === 'online')
    .flatMap(({ poolId, poolName, models }) =>
      models.map((model) => pooled(model, { id: poolId, name: poolName })),
    );
}

interface Offered
  extends
    Pick<InstalledModel, 'id' | 'name' | 'digest'>,
    Pick<Membership['models'][number], 'contextLength' | 'capabilities' | 'machines' | 'isReady'> {}

/** A pool loads, counts and keeps its models itself: here only its name and its readiness matter. */
function pooled(
  { id, name, digest, contextLength, capabilities, machines, isReady }: Offered,
  pool: { readonly id: string; readonly name: string },
): ChatModel {
  return {
    ...{ id, name, capabilities },
    ...(digest !== undefined && { digest }),
    trainedContextLength: contextLength,
    source: 'attached',
    ...{ usedBy: [], engines: [], options: {}, systemPrompt: '' },
    state: isReady ? { phase: 'ready', since: 0 } : { phase: 'installed' },
    pool: { ...pool, machines },
  };
}

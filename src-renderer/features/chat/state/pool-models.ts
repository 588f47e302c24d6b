import type { Membership, Pool } from '../../../api.ts';
import type { HeldPool } from '../../../state/held-pools.ts';
import type { Absence, ChatModel, InstalledModel } from '../types.ts';

export interface PooledSources {
  readonly installed: readonly InstalledModel[];
  readonly memberships: readonly Membership[];
  /** Pools that this gateway holds, by name, and what their machines offer. */
  readonly pools: readonly Pool[];
  readonly held: readonly HeldPool[];
}

/** Models that only machines of pools have, as a chat asks for them; also those that are away now. */
export function poolModelsOf(sources: PooledSources): readonly ChatModel[] {
  const own = new Set(sources.installed.map(({ id }) => id));
  return [...heldModels(sources, own), ...joinedModels(sources.memberships)];
}

function heldModels({ pools, held }: PooledSources, own: ReadonlySet<string>) {
  return held.flatMap(({ id: poolId, models, absent }) => {
    const pool = { id: poolId, name: nameOf(pools, poolId) };
    const isPooled = ({ id }: { readonly id: string }) => !own.has(id);
    return [
      ...models.filter(isPooled).map((model) => pooled(model, pool)),
      ...absent.filter(isPooled).map(({ id, name }) => ({
        ...unknownModel(id, { why: 'unoffered', pool: pool.name }),
        ...{ name, pool: { ...pool, machines: 0 } },
      })),
    ];
  });
}

function nameOf(pools: readonly Pool[], poolId: string): string {
  return pools.find(({ id }) => id === poolId)?.name ?? '';
}

function joinedModels(memberships: readonly Membership[]): readonly ChatModel[] {
  return memberships
    .filter(({ mayAsk }) => mayAsk)
    .flatMap(({ poolId, poolName, models, link }) => {
      const absence = absenceBy(link, poolName);
      return models.map((model) => ({
        ...pooled(model, { id: poolId, name: poolName }),
        ...(absence !== undefined && { absence }),
      }));
    });
}

/** Why nothing of a joined pool can be asked; undefined while it is online. */
function absenceBy(link: Membership['link'], pool: string): Absence | undefined {
  switch (link.phase) {
    case 'online':
      return undefined;
    case 'connecting':
      return { why: 'offline', pool, problem: '' };
    case 'waiting':
      return { why: 'offline', pool, problem: link.problem };
    case 'closed':
      return { why: 'offline', pool, problem: link.message };
  }
}

/**
 * Stands for a chosen model that nobody offers, known by its id alone. It was most likely one of a joined
 * pool that is not online.
 */
export function missingModel(id: string, memberships: readonly Membership[]): ChatModel {
  const away = memberships.filter(({ mayAsk, link }) => mayAsk && link.phase !== 'online');
  const named = away.find(({ poolName }) => id.endsWith(`@${poolName}`));
  const { link, poolName } = named ?? (away.length === 1 ? away[0] : undefined) ?? {};
  if (link === undefined || poolName === undefined) return unknownModel(id, { why: 'gone' });
  return unknownModel(id, absenceBy(link, poolName) ?? { why: 'gone' });
}

function unknownModel(id: string, absence: Absence): ChatModel {
  return {
    ...{ id, name: id, absence },
    source: 'attached',
    ...{ usedBy: [], engines: [], options: {}, systemPrompt: '' },
    state: { phase: 'installed' },
  };
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

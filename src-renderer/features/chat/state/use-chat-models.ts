import { useMemo } from 'react';
import { useHeldPools } from '../../../state/held-pools.ts';
import { useMemberships } from '../../../state/memberships.ts';
import { useModels } from '../../../state/models.ts';
import { usePools } from '../../../state/pools.ts';
import type { ChatModel } from '../types.ts';
import { modelName } from './model-choice.ts';
import { missingModel, poolModelsOf } from './pool-models.ts';

/** Every model that a chat can ask: this machine's and its servers', then those of pools. */
export function useChatModels(): readonly ChatModel[] {
  const installed = useModels((state) => state.models);
  const memberships = useMemberships((state) => state.memberships);
  const pools = usePools((state) => state.pools);
  const held = useHeldPools((state) => state.pools);
  return useMemo(() => {
    const own = installed ?? [];
    return [
      ...own,
      ...poolModelsOf({ installed: own, memberships: memberships ?? [], pools: pools ?? [], held }),
    ];
  }, [installed, memberships, pools, held]);
}

/** What to show for a model that nobody offers; answers undefined until everybody was asked once. */
export function useMissingModel(): (id: string) => ChatModel | undefined {
  const hasModels = useModels((state) => state.models !== undefined);
  const memberships = useMemberships((state) => state.memberships);
  const hasPools = usePools((state) => state.pools !== undefined || state.error !== undefined);
  const pools = usePools((state) => state.pools);
  const held = useHeldPools((state) => state.pools);
  return useMemo(() => {
    const isHeld = (pools ?? []).every(({ id }) => held.some((pool) => pool.id === id));
    const isComplete = hasModels && hasPools && isHeld && memberships !== undefined;
    return (id) => (isComplete ? missingModel(id, memberships) : undefined);
  }, [hasModels, hasPools, memberships, pools, held]);
}

/** The name people know a model by; drawn again only when that changes. */
export function useModelName(id: string): string {
  const own = useModels((state) => modelName(state.models ?? [], id));
  const held = useHeldPools((state) =>
    nameIn(
      state.pools.flatMap(({ models, absent }) => [...models, ...absent]),
      id,
    ),
  );
  const joined = useMemberships((state) =>
    nameIn(
      (state.memberships ?? []).flatMap(({ models }) => models),
      id,
    ),
  );
  return own === id ? (held ?? joined ?? id) : own;
}

function nameIn(
  models: readonly { readonly id: string; readonly name: string }[],
  id: string,
): string | undefined {
  return models.find((model) => model.id === id)?.name;
}

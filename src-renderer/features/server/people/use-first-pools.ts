import { useMe } from '../../../state/me.ts';
import { usePools } from '../../../state/pools.ts';

/**
 * The pools that somebody new is put into unless something else is chosen: the only one that there is.
 * None for an admin, who may be no admin there.
 */
export function useFirstPools(): readonly string[] {
  const isOwner = useMe(({ me }) => me?.gatewayRole === 'owner');
  const pools = usePools((state) => state.pools) ?? [];
  const [only] = pools;
  return isOwner && only !== undefined && pools.length === 1 ? [only.id] : [];
}

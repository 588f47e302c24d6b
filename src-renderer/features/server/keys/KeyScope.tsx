import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMemberships } from '../../../state/memberships.ts';
import { usePools } from '../../../state/pools.ts';

export interface KeyScopeProps {
  readonly apiKey: ApiKey;
  /** Whether it is the key of whoever looks. */
  readonly isOwn: boolean;
}

/** What a key may ask: its pool, its models, whose machines may read it, and where it may come from. */
export function KeyScope({ apiKey, isOwn }: KeyScopeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const held = usePools((state) => state.pools?.find(({ id }) => id === apiKey.poolId)?.name);
  const joined = useMemberships(
    (state) => state.memberships?.find(({ poolId }) => poolId === apiKey.poolId)?.poolName,
  );
  const { poolId, models, privacy, allowedIps = [] } = apiKey;
  const words = [
    poolId === undefined
      ? t(`server.key.${isOwn ? 'allPools' : 'allTheirPools'}`)
      : (held ?? joined ?? poolId),
    models && t('server.key.models', { count: models.length, models: format.count(models.length) }),
    privacy && t(`server.key.readBy.${privacy}`),
    allowedIps.length > 0 && t('server.key.fromPlaces', { count: allowedIps.length }),
  ];
  return <>{words.filter(Boolean).join(' · ')}</>;
}

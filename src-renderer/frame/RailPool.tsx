import { CirclePause, CircleDashed, Waypoints } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { placesOf } from '../features/pool/places.ts';
import { firedReadings, firedWords } from '../features/pool/sharing/sharing-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useMemberships } from '../state/memberships.ts';
import { usePools } from '../state/pools.ts';
import { useSharing } from '../state/sharing.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import styles from './RailFoot.module.css';

/** The last line about this machine: its pool, or why it does not work for it now. */
export function RailPool() {
  const pools = usePools((state) => state.pools);
  const memberships = useMemberships((state) => state.memberships);
  const words = usePoolWords();
  if (pools === undefined || memberships === undefined) return null;
  const place = placesOf(pools, memberships)[0];
  return (
    <Link
      to={
        place === undefined ? { page: 'pool' } : { page: 'pool', place: place.id, tab: 'machine' }
      }
      className={styles['pool']}
    >
      <Icon of={words.icon} size={14} />
      <span>{words.text}</span>
    </Link>
  );
}

function usePoolWords() {
  const { t } = useTranslation();
  const format = useFormat();
  const pools = usePools((state) => state.pools) ?? [];
  const memberships = useMemberships((state) => state.memberships) ?? [];
  const sharing = useSharing((state) => state.sharing);
  const names = placesOf(pools, memberships).map(({ name }) => name);
  const [name] = names;
  if (name === undefined) return { icon: Waypoints, text: t('frame.noPool') };
  if (sharing?.state.phase === 'finishing') {
    return { icon: CircleDashed, text: t('frame.sharing.finishing') };
  }
  if (sharing?.state.phase === 'paused') {
    const fired = sharing.state.cause === 'rule' ? firedReadings(sharing)[0] : undefined;
    if (fired === undefined) return { icon: CirclePause, text: t('frame.sharing.paused') };
    const { key, values } = firedWords(fired, format);
    return { icon: CirclePause, text: t('frame.sharing.pausedBy', { reason: t(key, values) }) };
  }
  const text =
    names.length === 1 ? t('frame.pool', { name }) : t('frame.pools', { count: names.length });
  return { icon: Waypoints, text };
}

import { useTranslation } from 'react-i18next';
import { useConnection } from '../../state/connection.ts';
import { useMe } from '../../state/me.ts';
import { useServer } from '../../state/server.ts';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { InviteButton } from './host/InviteButton.tsx';
import { LeaveButton } from './join/LeaveButton.tsx';
import styles from './PlaceHead.module.css';
import type { Place } from './places.ts';
import { PlaceSwitcher } from './PlaceSwitcher.tsx';

export interface PlaceAsideProps {
  readonly place: Place;
  readonly places: readonly Place[];
}

/** Beside a pool's name: the other pools, and how this one stands or what one is there. */
export function PlaceAside({ place, places }: PlaceAsideProps) {
  return (
    <>
      <PlaceSwitcher places={places} current={place} />
      {place.kind === 'held' ? <HeldState /> : <Role role={place.membership.role} />}
    </>
  );
}

function HeldState() {
  const { t } = useTranslation();
  const address = useServer(({ server }) => server?.publicUrl);
  const isOffline = useConnection(({ phase }) => phase === 'offline');
  if (isOffline) {
    return (
      <StateBadge tone="fail" isBoxed>
        {t('server.notAnswering')}
      </StateBadge>
    );
  }
  if (address === undefined) {
    return (
      <StateBadge tone="fail" isBoxed>
        {t('pool.closed')}
      </StateBadge>
    );
  }
  return (
    <>
      <StateBadge tone="ok" isBoxed>
        {t('pool.open')}
      </StateBadge>
      <code className={styles['address']}>{address.replace('https://', '')}</code>
    </>
  );
}

function Role({ role }: { readonly role: string }) {
  const { t } = useTranslation();
  return <span className={styles['role']}>{t(`pool.role.${role}`)}</span>;
}

export interface PlaceActionsProps {
  readonly place: Place;
}

/** The one deed of a pool: letting others in, or leaving it. */
export function PlaceActions({ place }: PlaceActionsProps) {
  const mayInvite = useMe(({ me }) => me?.role === 'owner' || me?.role === 'admin');
  if (place.kind === 'joined') return <LeaveButton membership={place.membership} />;
  return mayInvite ? <InviteButton pool={place.pool} /> : null;
}

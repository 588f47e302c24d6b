import { useTranslation } from 'react-i18next';
import { refreshMemberships, useMemberships } from '../../state/memberships.ts';
import { closeInvite, useOpenedInvite } from '../../state/opened-invite.ts';
import { refreshPools, usePools } from '../../state/pools.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Page } from '../../ui/Page.tsx';
import { JoinDialog } from './join/JoinDialog.tsx';
import { placeOf, placesOf } from './places.ts';
import { PlaceView } from './PlaceView.tsx';
import { StartScreen } from './start/StartScreen.tsx';
import styles from './PoolPage.module.css';

export interface PoolPageProps {
  /** From the address: a pool, a membership or `new`; absent shows the first place there is. */
  readonly place: string | undefined;
  readonly tab: string | undefined;
  /** One thing of that view, such as a machine. */
  readonly item: string | undefined;
}

/** One address out of many machines: how a pool begins, and everything about those that exist. */
export function PoolPage(props: PoolPageProps) {
  const link = useOpenedInvite((state) => state.link);
  return (
    <>
      <PoolContent {...props} />
      {link !== undefined && <JoinDialog key={link} link={link} onClose={closeInvite} />}
    </>
  );
}

function PoolContent({ place: wanted, tab, item }: PoolPageProps) {
  const pools = usePools((state) => state.pools);
  const memberships = useMemberships((state) => state.memberships);
  if (pools === undefined || memberships === undefined) return <NotKnownYet />;
  const places = placesOf(pools, memberships);
  const place = placeOf(places, wanted);
  if (place === undefined) return <StartScreen first={places[0]} />;
  return <PlaceView key={place.id} {...{ place, places, tab, item }} />;
}

function NotKnownYet() {
  const { t } = useTranslation();
  const poolsError = usePools((state) => state.error);
  const membershipsError = useMemberships((state) => state.error);
  const error = poolsError ?? membershipsError;
  return (
    <Page title={t('frame.page.pool')}>
      {error === undefined ? (
        <p role="status" className={styles['asking']}>
          {t('pool.asking')}
        </p>
      ) : (
        <ErrorNote
          error={error}
          title={t('pool.listFailed')}
          actions={
            <Button
              onClick={() => {
                void refreshPools();
                void refreshMemberships();
              }}
            >
              {t('common.tryAgain')}
            </Button>
          }
        />
      )}
    </Page>
  );
}

import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { JoinRequest } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMemberships, useMemberships } from '../../../state/memberships.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { RefusalNote } from '../join/RefusalNote.tsx';
import { refusalOf } from '../join/refusals.ts';
import { Words } from '../join/Words.tsx';
import styles from './AskedPool.module.css';

/** How the latest *Ask to join* stands: the words to compare, the answer, and the way out. */
export function AskedPool() {
  const { t } = useTranslation();
  const request = useMemberships((state) => state.request);
  const deed = useDeed();
  const joinedAs = request?.phase === 'joined' ? request.membershipId : undefined;
  useEffect(() => {
    if (joinedAs === undefined) return;
    // The answer has been read: the next visit starts with an empty card.
    void api.memberships.cancelAsk({}).catch(() => undefined);
    navigate({ page: 'pool', place: joinedAs, tab: 'pool' });
  }, [joinedAs]);
  if (request === undefined || request.phase === 'joined') return null;

  const forget = (
    <Button
      busyLabel={deed.isBusy ? t('pool.nearby.withdrawing') : undefined}
      onClick={() =>
        void deed.run(async () => {
          await api.memberships.cancelAsk({});
          await refreshMemberships();
        })
      }
    >
      {t(request.phase === 'refused' ? 'common.close' : 'pool.nearby.withdraw')}
    </Button>
  );
  return (
    <section aria-label={t('pool.nearby.asked')} aria-live="polite" className={styles['asked']}>
      <RequestState request={request} forget={forget} />
      {deed.error && <ErrorNote error={deed.error} />}
    </section>
  );
}

interface RequestStateProps {
  readonly request: Exclude<JoinRequest, { phase: 'joined' }>;
  readonly forget: ReactNode;
}

function RequestState({ request, forget }: RequestStateProps) {
  const { t } = useTranslation();
  switch (request.phase) {
    case 'refused':
      return (
        <RefusalNote
          refusal={refusalOf(request.reason, navigator.onLine)}
          title={t('join.failed')}
          message={request.message}
          actions={forget}
        />
      );
    case 'connecting':
      return (
        <div className={styles['line']}>
          <StateBadge tone="work">
            {t('pool.nearby.connecting', { name: request.poolName })}
          </StateBadge>
          {forget}
        </div>
      );
    case 'waiting':
      return (
        <>
          <StateBadge tone="waiting">
            {t('pool.nearby.waiting', { owner: request.ownerName, name: request.poolName })}
          </StateBadge>
          <Words words={request.words} isLarge />
          <div className={styles['line']}>
            <p>{t('pool.nearby.compare', { owner: request.ownerName })}</p>
            {forget}
          </div>
        </>
      );
  }
}

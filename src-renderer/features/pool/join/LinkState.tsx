import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Membership } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { refreshMemberships } from '../../../state/memberships.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Note } from '../../../ui/Note.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import styles from './LinkState.module.css';
import { RefusalNote } from './RefusalNote.tsx';
import { refusalOf } from './refusals.ts';

export interface LinkStateProps {
  readonly membership: Membership;
}

/** How the link to the pool stands, and what can be done about it. */
export function LinkState({ membership }: LinkStateProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { link } = membership;
  switch (link.phase) {
    case 'online':
      return (
        <p className={styles['line']}>
          <StateBadge tone="ok" isBoxed>
            {t('join.link.online')}
          </StateBadge>
          <span>{t('join.link.machines', { count: membership.machinesOnline })}</span>
          <code>{link.address}</code>
          {link.roundTripMs !== undefined && (
            <span>{t('join.link.roundTrip', { time: format.duration(link.roundTripMs) })}</span>
          )}
        </p>
      );
    case 'connecting':
      return <Connecting since={link.since} />;
    case 'waiting':
      return <Waiting membership={membership} link={link} />;
    case 'closed':
      return (
        <RefusalNote
          refusal={refusalOf(link.reason, true)}
          title={t('join.link.closed')}
          message={link.message}
        />
      );
  }
}

function Connecting({ since }: { readonly since: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1000);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <p className={styles['line']}>
      <StateBadge tone="work" isBoxed>
        {t('join.link.connecting')}
      </StateBadge>
      {seconds >= 2 && (
        <span>{t('join.link.seconds', { count: seconds, shown: format.count(seconds) })}</span>
      )}
    </p>
  );
}

interface WaitingProps {
  readonly membership: Membership;
  readonly link: Extract<Membership['link'], { phase: 'waiting' }>;
}

function Waiting({ membership, link }: WaitingProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const now = useNow(1000);
  const seconds = Math.max(0, Math.ceil((link.retryAt - now) / 1000));
  return (
    <>
      <Note
        tone="slow"
        title={t('join.link.waiting', { name: membership.poolName })}
        actions={
          <Button
            size="row"
            busyLabel={deed.isBusy ? t('join.link.retrying') : undefined}
            onClick={() =>
              void deed.run(async () => {
                await api.memberships.reconnect({ id: membership.id });
                await refreshMemberships();
              })
            }
          >
            {t('join.link.retry')}
          </Button>
        }
      >
        {sentence(link.problem)}{' '}
        {seconds === 0 ? t('join.link.now') : t('join.link.next', { count: seconds })}
      </Note>
      {deed.error && <ErrorNote error={deed.error} />}
    </>
  );
}

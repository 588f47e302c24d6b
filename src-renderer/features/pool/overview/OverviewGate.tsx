import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useConnection } from '../../../state/connection.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './OverviewGate.module.css';
import type { OverviewState } from './use-overview.ts';

export interface OverviewGateProps {
  readonly state: OverviewState;
  readonly children: (overview: PoolOverview) => ReactNode;
}

/** What is shown before a pool's picture is here, when it cannot be had, and how old it is meanwhile. */
export function OverviewGate({ state, children }: OverviewGateProps) {
  const { t } = useTranslation();
  const { overview, error, refresh } = state;
  const isOffline = useConnection((connection) => connection.phase === 'offline');
  if (overview === undefined) {
    if (error === undefined) return <p role="status">{t('overview.asking')}</p>;
    return (
      <ErrorNote
        error={error}
        title={t('overview.failed')}
        actions={<Button onClick={refresh}>{t('common.tryAgain')}</Button>}
      />
    );
  }
  return (
    <>
      {(isOffline || error !== undefined) && <Age at={overview.at} />}
      <div className={styles['content']} aria-busy={isOffline || undefined}>
        {children(overview)}
      </div>
    </>
  );
}

function Age({ at }: { readonly at: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  return (
    <Note
      tone="slow"
      title={t('overview.old', { time: format.timeWithSeconds(at), ago: format.ago(at, now) })}
    />
  );
}

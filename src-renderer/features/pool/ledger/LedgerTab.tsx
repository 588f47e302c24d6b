import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { HeldPlace } from '../places.ts';
import { ContributorsRow } from './ContributorsRow.tsx';
import { DayChart } from './DayChart.tsx';
import { sumsByDay, sumsByPerson } from './ledger-sums.ts';
import styles from './LedgerTab.module.css';
import { MachineSums } from './MachineSums.tsx';
import { PersonSums } from './PersonSums.tsx';
import { useLedger } from './use-ledger.ts';

export interface LedgerTabProps {
  readonly place: HeldPlace;
}

const spans = [7, 14, 30, 90] as const;

/** Who gave and who took, by person, by machine and by day, and what follows from it. */
export function LedgerTab({ place }: LedgerTabProps) {
  const { t } = useTranslation();
  const [days, setDays] = useState<number>(14);
  const { lines, error, refresh } = useLedger(place.id, days);
  return (
    <div className={styles['tab']}>
      <PageSection
        title={t('ledger.people')}
        actions={
          <Select
            aria-label={t('ledger.span')}
            value={String(days)}
            options={spans.map((count) => ({
              value: String(count),
              label: t('ledger.days', { count }),
            }))}
            onChange={(value) => {
              setDays(Number(value));
            }}
          />
        }
      >
        {error !== undefined && (
          <ErrorNote
            error={error}
            title={t('ledger.failed')}
            actions={<Button onClick={refresh}>{t('common.tryAgain')}</Button>}
          />
        )}
        {lines === undefined && error === undefined && <p role="status">{t('ledger.asking')}</p>}
        {lines?.length === 0 && (
          <EmptyState title={t('ledger.none')}>{t('ledger.noneText')}</EmptyState>
        )}
        {lines !== undefined && lines.length > 0 && (
          <>
            <PersonSums people={sumsByPerson(lines)} />
            <DayChart days={sumsByDay(lines)} />
          </>
        )}
      </PageSection>
      <MachineSums place={place} />
      <ContributorsRow pool={place.pool} />
    </div>
  );
}

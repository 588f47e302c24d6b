import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useOverview } from '../overview/use-overview.ts';
import type { HeldPlace } from '../places.ts';
import styles from './LedgerTab.module.css';

export interface MachineSumsProps {
  readonly place: HeldPlace;
}

/** What each machine gave since it joined; nothing until one is known. */
export function MachineSums({ place }: MachineSumsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { overview } = useOverview(place.id);
  const machines = overview?.machines.toSorted((a, b) => b.servedTokens - a.servedTokens) ?? [];
  if (machines.length === 0) return null;
  return (
    <PageSection title={t('ledger.machines')} aside={t('ledger.machinesAside')}>
      <Table label={t('ledger.machines')}>
        <thead>
          <tr>
            <HeadCell>{t('machines.column.machine')}</HeadCell>
            <HeadCell className={styles['wide']}>{t('ledger.column.person')}</HeadCell>
            <HeadCell isFigure>{t('ledger.column.served')}</HeadCell>
            <HeadCell isFigure>{t('ledger.column.servedAnswers')}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {machines.map((machine) => (
            <tr key={machine.id}>
              <Cell>
                <Link to={{ page: 'pool', place: place.id, tab: 'machines', item: machine.id }}>
                  {machine.name}
                </Link>
              </Cell>
              <Cell className={styles['wide']}>{machine.personName}</Cell>
              <Cell isFigure>{format.count(machine.servedTokens)}</Cell>
              <Cell isFigure>{format.count(machine.servedAnswers)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </PageSection>
  );
}

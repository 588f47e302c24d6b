import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import type { PersonSum } from './ledger-sums.ts';
import styles from './LedgerTab.module.css';

export interface PersonSumsProps {
  readonly people: readonly PersonSum[];
}

/** What each person's machines gave and what they took; the balance is the difference. */
export function PersonSums({ people }: PersonSumsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table label={t('ledger.people')}>
      <thead>
        <tr>
          <HeadCell>{t('ledger.column.person')}</HeadCell>
          <HeadCell isFigure>{t('ledger.column.served')}</HeadCell>
          <HeadCell isFigure className={styles['wide']}>
            {t('ledger.column.servedAnswers')}
          </HeadCell>
          <HeadCell isFigure>{t('ledger.column.consumed')}</HeadCell>
          <HeadCell isFigure className={styles['wide']}>
            {t('ledger.column.consumedAnswers')}
          </HeadCell>
          <HeadCell isFigure>{t('ledger.column.balance')}</HeadCell>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.personId}>
            <Cell>{person.personName}</Cell>
            <Cell isFigure>{format.count(person.servedTokens)}</Cell>
            <Cell isFigure className={styles['wide']}>
              {format.count(person.servedAnswers)}
            </Cell>
            <Cell isFigure>{format.count(person.consumedTokens)}</Cell>
            <Cell isFigure className={styles['wide']}>
              {format.count(person.consumedAnswers)}
            </Cell>
            <Cell isFigure>
              <b>{format.count(person.servedTokens - person.consumedTokens)}</b>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

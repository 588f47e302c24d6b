import { useTranslation } from 'react-i18next';
import { useMachine } from '../../../state/machine.ts';
import { fitScale } from '../../../ui/fit-scale.ts';
import { rowKeys } from '../../../ui/row-keys.ts';
import { Table } from '../../../ui/Table.tsx';
import { HubProblem } from '../hub/HubProblem.tsx';
import { FitRow } from './FitRow.tsx';
import { FitTableHead } from './FitTableHead.tsx';
import { keyOf } from './fit-row.ts';
import type { FitRowData } from './fit-row.ts';
import { SillLegend } from './SillHead.tsx';
import styles from './FitTable.module.css';
import { useDownloadStart } from './use-download-start.ts';
import { usePatience } from './use-patience.ts';

export interface FitTableProps {
  /** Spoken name. */
  readonly label: string;
  /** What the first column holds. */
  readonly nameHead: string;
  readonly rows: readonly FitRowData[];
  /** The row whose details are shown, where rows are chosen. */
  readonly chosen?: string | undefined;
  readonly onChoose?: (variant: string) => void;
  /** The recommended row has the page's one filled button. */
  readonly hasPrimary?: boolean;
  readonly pageUrl?: string | undefined;
}

/**
 * Choices against this machine: one scale and the same sills for all rows. Arrows move, Enter opens
 * or chooses, D downloads.
 */
export function FitTable(props: FitTableProps) {
  const { label, nameHead, rows, chosen, onChoose, hasPrimary = false, pageUrl } = props;
  const { t } = useTranslation();
  const hasUnifiedMemory = useMachine(({ system }) => system?.machine.hasUnifiedMemory) ?? false;
  const { startingKey, failure, start } = useDownloadStart();
  const isWaiting = usePatience(rows.filter((row) => row.fit === undefined).length);
  const scale = fitScale(
    rows.map((row) => row.fit),
    hasUnifiedMemory,
  );
  return (
    <div className={styles['box']}>
      {failure !== undefined && (
        <HubProblem
          problem={failure.error}
          title={t('discover.notStarted', { name: failure.wanted.spokenName })}
          pageUrl={pageUrl}
          onRetry={() => {
            start(failure.wanted);
          }}
        />
      )}
      {scale !== undefined && <SillLegend scale={scale} hasUnifiedMemory={hasUnifiedMemory} />}
      <Table label={label} className={styles['table']}>
        <FitTableHead nameHead={nameHead} scale={scale} hasUnifiedMemory={hasUnifiedMemory} />
        <tbody ref={rowKeys}>
          {rows.map((row) => (
            <FitRow
              key={keyOf(row)}
              row={row}
              scale={scale}
              hasUnifiedMemory={hasUnifiedMemory}
              isChosen={chosen === row.variant}
              isPrimary={hasPrimary && row.isRecommended}
              isWaiting={isWaiting}
              isStarting={startingKey === keyOf(row)}
              onChoose={onChoose}
              onDownload={start}
            />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { FitBadge } from '../../../ui/FitBadge.tsx';
import { FitLevel } from '../../../ui/FitLevel.tsx';
import type { FitScale } from '../../../ui/fit-scale.ts';
import { Cell } from '../../../ui/Table.tsx';
import { useFitSentence } from '../../../ui/use-fit-sentence.ts';
import { useAvailability } from '../availability.ts';
import { DownloadAction } from './DownloadAction.tsx';
import { FitRowName } from './FitRowName.tsx';
import type { FitRowData } from './fit-row.ts';
import styles from './FitRow.module.css';

export interface FitRowProps {
  readonly row: FitRowData;
  readonly scale: FitScale | undefined;
  readonly hasUnifiedMemory: boolean;
  readonly isChosen: boolean;
  /** Its button is the page's filled one. */
  readonly isPrimary: boolean;
  readonly isStarting: boolean;
  /** Figures that are missing are still being worked out. */
  readonly isWaiting: boolean;
  readonly onChoose: ((variant: string) => void) | undefined;
  readonly onDownload: (row: FitRowData) => void;
}

/** One choice: its download, what it would take against the sills, and the verdict in a word. */
export function FitRow(props: FitRowProps) {
  const { row, scale, hasUnifiedMemory, isChosen, isPrimary, isStarting, onDownload } = props;
  const { fit } = row;
  const isPending = fit === undefined && props.isWaiting;
  const { t } = useTranslation();
  const format = useFormat();
  const fitSentence = useFitSentence();
  const availability = useAvailability(row);
  const line = useRef<HTMLTableRowElement>(null);
  const download = () => {
    // The button goes away; the focus stays in its row.
    line.current?.querySelector<HTMLElement>('[data-row-focus]')?.focus();
    onDownload(row);
  };
  return (
    <tr ref={line} className={styles['row']} data-chosen={isChosen || undefined}>
      <Cell className={styles['name']}>
        <FitRowName
          row={row}
          isChosen={isChosen}
          onChoose={props.onChoose}
          onDownload={() => {
            if (availability.kind === 'absent' && fit?.verdict !== 'too-big') download();
          }}
        />
        <NarrowFit {...props} />
      </Cell>
      <Cell isFigure data-wide className={styles['quiet']}>
        {format.bytes(row.sizeBytes)}
      </Cell>
      <Cell isFigure data-wide aria-busy={isPending}>
        {isPending ? <Pending /> : format.memory(fit?.predictedBytes)}
      </Cell>
      <Cell data-wide className={styles['level']} aria-busy={isPending}>
        {scale !== undefined && <FitLevel fit={fit} scale={scale} isCrossing />}
        <span className="visually-hidden">
          {fit === undefined
            ? t(isPending ? 'discover.pending' : 'discover.notKnown')
            : fitSentence(fit, hasUnifiedMemory)}
        </span>
      </Cell>
      <Cell data-wide>{fit !== undefined && <FitBadge verdict={fit.verdict} />}</Cell>
      <Cell isFigure data-wide data-spare>
        {fit?.tokensPerSecond === undefined || fit.verdict === 'too-big'
          ? !isPending && '–'
          : t('discover.about', { value: format.roughRate(fit.tokensPerSecond) })}
      </Cell>
      <Cell className={styles['deed']}>
        <DownloadAction
          row={row}
          availability={availability}
          isPrimary={isPrimary}
          isStarting={isStarting}
          onDownload={download}
        />
      </Cell>
    </tr>
  );
}

/** A still mark while the figure is being worked out. */
function Pending() {
  return (
    <span aria-hidden className={styles['pending']}>
      …
    </span>
  );
}

/** The figures of a row under its name, where the columns have no room. */
function NarrowFit({ row: { sizeBytes, fit }, scale, hasUnifiedMemory, isWaiting }: FitRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const fitSentence = useFitSentence();
  return (
    <span data-narrow className={styles['narrow']} aria-busy={fit === undefined && isWaiting}>
      <span className={styles['narrowLine']}>
        <span className={styles['quiet']}>{format.bytes(sizeBytes)}</span>
        {fit !== undefined && <FitBadge verdict={fit.verdict} />}
      </span>
      {scale !== undefined && <FitLevel fit={fit} scale={scale} />}
      <span className="visually-hidden">
        {fit === undefined
          ? t(isWaiting ? 'discover.pending' : 'discover.notKnown')
          : fitSentence(fit, hasUnifiedMemory)}
      </span>
    </span>
  );
}

import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { useFitReason } from '../../../ui/use-fit-reason.ts';
import type { FitRowData } from './fit-row.ts';
import styles from './WhyButton.module.css';

export interface WhyButtonProps {
  readonly row: FitRowData;
  readonly onDownload: () => void;
}

/** Why a choice won't fit and what would; whoever wants the file all the same can have it. */
export function WhyButton({ row, onDownload }: WhyButtonProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { fit } = row;
  const fitReason = useFitReason();
  const reason =
    (fit && fitReason(fit, row.instead)) ??
    t('discover.why.needs', {
      needed: format.memory(fit?.predictedBytes),
      limit: format.memory(fit?.limitBytes),
    });
  return (
    <Popover
      align="end"
      label={t('discover.why.label', { name: row.spokenName })}
      className={styles['popover']}
      trigger={
        <Button variant="quiet" aria-label={t('discover.why.label', { name: row.spokenName })}>
          {t('discover.why.button')}
        </Button>
      }
    >
      <p>{reason}</p>
      <Button size="row" onClick={onDownload}>
        {t('discover.why.anyway')}
      </Button>
    </Popover>
  );
}

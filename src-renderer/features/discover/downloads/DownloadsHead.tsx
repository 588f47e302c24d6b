import { ChevronDown, ChevronUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Download } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { isMoving, summarize } from '../../../state/downloads.ts';
import { Button } from '../../../ui/Button.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import styles from './DownloadDock.module.css';
import { useTimeLeft } from './use-time-left.ts';

export interface DownloadsHeadProps {
  readonly downloads: readonly Download[];
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

/** Several downloads as one line; unfolds them. */
export function DownloadsHead({ downloads, isOpen, onToggle }: DownloadsHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const summary = summarize(downloads);
  const left = useTimeLeft(summary.etaSeconds);
  const failed = downloads.filter(({ state }) => state === 'failed').length;
  const label = t('discover.dock.count', { count: summary.count });
  return (
    <div className={styles['line']}>
      <span className={styles['name']}>
        <b>{label}</b>
        {failed > 0 && (
          <StateBadge tone="fail">{t('discover.dock.failed', { count: failed })}</StateBadge>
        )}
      </span>
      <b className={styles['percent']}>{format.percent(summary.share)}</b>
      <Progress
        label={label}
        share={summary.share}
        tone={downloads.some(isMoving) ? 'fine' : 'slow'}
        className={styles['level']}
      />
      <span className={styles['figures']}>
        <span>
          {t('discover.dock.of', {
            done: format.bytes(summary.doneBytes),
            total: format.bytes(summary.totalBytes),
          })}
        </span>
        {summary.bytesPerSecond !== undefined && (
          <span>{t('discover.dock.rate', { rate: format.bytes(summary.bytesPerSecond) })}</span>
        )}
        {left !== '' && <span>{left}</span>}
      </span>
      <span className={styles['deeds']}>
        <Button
          variant="quiet"
          icon={isOpen ? ChevronDown : ChevronUp}
          aria-expanded={isOpen}
          onClick={() => {
            onToggle(!isOpen);
          }}
        >
          {t(isOpen ? 'discover.dock.fold' : 'discover.dock.unfold')}
        </Button>
      </span>
    </div>
  );
}

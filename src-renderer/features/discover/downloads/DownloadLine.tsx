import { useTranslation } from 'react-i18next';
import type { Download } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { isMoving, resumeDownload, shareDone } from '../../../state/downloads.ts';
import { useHub } from '../../../state/hub.ts';
import { useSettings } from '../../../state/settings.ts';
import { Progress } from '../../../ui/Progress.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { HubProblem } from '../hub/HubProblem.tsx';
import styles from './DownloadDock.module.css';
import { DownloadDeeds } from './DownloadDeeds.tsx';
import { downloadTones, hourText } from './download-words.ts';
import { useIsStalled } from './use-is-stalled.ts';
import { useTimeLeft } from './use-time-left.ts';

export interface DownloadLineProps {
  readonly download: Download;
  /** Nothing is before it in line. */
  readonly isFirst: boolean;
}

/** One download: how far it is, when it is here, what stops it, and what can be done. */
export function DownloadLine({ download, isFirst }: DownloadLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const hubUrl = useHub((state) => state.status?.endpoint);
  const { name, state, doneBytes, totalBytes, bytesPerSecond, error } = download;
  const share = shareDone(download);
  const isStalled = useIsStalled(download);
  const isRunning = state === 'running' && !isStalled;
  const left = useTimeLeft(isRunning ? download.etaSeconds : undefined);
  return (
    <div className={styles['item']}>
      <div className={styles['line']}>
        <span className={styles['name']}>
          <b>{name}</b>
          <StateBadge tone={isStalled ? 'waiting' : downloadTones[state]}>
            {t(`discover.state.${isStalled ? 'stalled' : state}`)}
          </StateBadge>
        </span>
        <b className={styles['percent']}>{format.percent(share)}</b>
        <Progress
          label={t('discover.dock.progress', { name })}
          share={share}
          tone={isMoving(download) && !isStalled ? 'fine' : 'slow'}
          className={styles['level']}
        />
        <span className={styles['figures']}>
          <span>
            {t('discover.dock.of', {
              done: format.bytes(doneBytes),
              total: format.bytes(totalBytes),
            })}
          </span>
          {isRunning && bytesPerSecond !== undefined && (
            <span>{t('discover.dock.rate', { rate: format.bytes(bytesPerSecond) })}</span>
          )}
          {left !== '' && <span>{left}</span>}
        </span>
        <DownloadDeeds download={download} isFirst={isFirst} deed={deed} />
      </div>
      <DownloadRemarks download={download} isStalled={isStalled} />
      {deed.error !== undefined && (
        <p role="alert" className={styles['error']}>
          {sentence(deed.error.message)}
        </p>
      )}
      {state === 'failed' && error !== undefined && (
        <HubProblem
          problem={error}
          title={t('discover.dock.stopped', { name })}
          pageUrl={hubUrl && `${hubUrl}/${download.repo}`}
          onRetry={() => void deed.run(() => resumeDownload(download.id))}
        />
      )}
    </div>
  );
}

interface DownloadRemarksProps {
  readonly download: Download;
  readonly isStalled: boolean;
}

/** What else is worth knowing: what it waits for, and what had to be fetched twice. */
function DownloadRemarks({ download, isStalled }: DownloadRemarksProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const hours = useSettings(({ settings }) => settings?.downloadHours);
  const { state, repairedBytes } = download;
  return (
    <>
      {isStalled && <p className={styles['remark']}>{t('discover.dock.stalled')}</p>}
      {state === 'waiting' && hours !== undefined && (
        <p className={styles['remark']}>
          {t('discover.dock.hours', { from: hourText(hours.from), to: hourText(hours.to) })}
        </p>
      )}
      {repairedBytes > 0 && (
        <p className={styles['remark']}>
          {t('discover.dock.repaired', { size: format.bytes(repairedBytes) })}
        </p>
      )}
    </>
  );
}

import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { UpdateJob } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { Format } from '../../../i18n/format.ts';
import { setUpdates } from '../../../state/updates.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './Updates.module.css';

export interface UpdateProgressProps {
  readonly job: UpdateJob;
}

/** How far an update or the way back is, and how to end the waiting. */
export function UpdateProgress({ job }: UpdateProgressProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const { phase, version } = job;
  const isDownload = phase === 'downloading';
  const share = isDownload ? job.doneBytes / Math.max(1, job.totalBytes) : undefined;
  return (
    <section aria-label={t('updates.under', { version })} className={styles['offer']}>
      <div className={styles['head']}>
        <h3>{t('updates.under', { version })}</h3>
        <p className={styles['quiet']} role="status">
          {t(`updates.phase.${phase}`)}
        </p>
      </div>
      {share !== undefined && <Progress label={t(`updates.phase.${phase}`)} share={share} />}
      <p className={styles['quiet']}>{detailOf(job, t, format)}</p>
      {phase !== 'switching' && (
        <div className={styles['actions']}>
          {phase === 'waiting' && (
            <Button
              onClick={() =>
                void deed.run(async () => {
                  setUpdates(await api.updates.hurry({}));
                })
              }
            >
              {t('updates.hurry')}
            </Button>
          )}
          <Button
            variant="quiet"
            onClick={() =>
              void deed.run(async () => {
                setUpdates(await api.updates.cancel({}));
              })
            }
          >
            {t('common.cancel')}
          </Button>
        </div>
      )}
      {deed.error && <ErrorNote error={deed.error} />}
    </section>
  );
}

function detailOf(job: UpdateJob, t: TFunction, format: Format): string {
  switch (job.phase) {
    case 'downloading': {
      const done = format.bytes(job.doneBytes);
      const total = format.bytes(job.totalBytes);
      return job.bytesPerSecond === undefined
        ? t('updates.arrived', { done, total })
        : t('updates.arriving', { done, total, rate: format.bytes(job.bytesPerSecond) });
    }
    case 'trying':
      return t(`updates.step.${job.step}`, { model: job.model ?? '' });
    case 'waiting':
      return t('updates.waitingText', { count: job.answers, time: format.time(job.until) });
    case 'unpacking':
      return t('updates.unpackingText');
    case 'switching':
      return t('updates.switchingText');
  }
}

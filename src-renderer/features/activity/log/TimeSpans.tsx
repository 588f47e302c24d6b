import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { RequestRecord } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { isRunning } from '../../../state/activity.ts';
import { timeSpansOf } from './request-figures.ts';
import styles from './TimeSpans.module.css';

export interface TimeSpansProps {
  readonly request: RequestRecord;
}

/** Where the time went, each part at its place on the whole. The figures beside the bars say the same. */
export function TimeSpans({ request }: TimeSpansProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const spans = timeSpansOf(request);
  return (
    <section aria-label={t('activity.times')} className={styles['section']}>
      <h3>{t('activity.times')}</h3>
      {spans.length === 0 ? (
        <p className={styles['none']}>
          {isRunning(request) ? t('activity.timesLater') : t('activity.timesNone')}
        </p>
      ) : (
        <dl className={styles['spans']}>
          {spans.map((span) => (
            <div key={span.name} className={styles['span']}>
              <dt>{t(`activity.span.${span.name}`)}</dt>
              <dd aria-hidden className={styles['track']}>
                {span.ms > 0 && (
                  <span
                    className={styles[span.name]}
                    style={
                      {
                        '--start': `${String(span.start * 100)}%`,
                        '--share': `${String(span.share * 100)}%`,
                      } as CSSProperties
                    }
                  />
                )}
              </dd>
              <dd className={styles['figure']}>{format.duration(span.ms)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

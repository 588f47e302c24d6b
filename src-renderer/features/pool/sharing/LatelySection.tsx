import { ArrowLeftRight, CirclePause, CircleStop, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './LatelySection.module.css';

type Line = SharingStatus['lately'][number];

export interface LatelySectionProps {
  /** Newest first. */
  readonly lately: readonly Line[];
}

const icons = {
  shared: Play,
  finishing: CircleStop,
  paused: CirclePause,
  moved: ArrowLeftRight,
} as const;

/** What happened to sharing lately, and why. */
export function LatelySection({ lately }: LatelySectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <PageSection title={t('sharing.lately.title')}>
      {lately.length === 0 ? (
        <p className={styles['none']}>{t('sharing.lately.none')}</p>
      ) : (
        <ol className={styles['list']}>
          {lately.map(({ at, kind, reason, answers }) => (
            <li key={`${String(at)} ${kind}`} className={styles['line']}>
              <time>{format.moment(at, now)}</time>
              <Icon of={icons[kind]} />
              <span>
                {reason === ''
                  ? t(`sharing.lately.${kind}`)
                  : sentence(t(`sharing.lately.${kind}Because`, { reason }))}
                {answers !== undefined && answers > 0 && (
                  <> {t(`sharing.lately.${kind}Answers`, { count: answers })}</>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
    </PageSection>
  );
}

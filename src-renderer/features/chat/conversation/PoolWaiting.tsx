import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Progress } from '../../../ui/Progress.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { AssistantMessage } from '../types.ts';
import styles from './AnswerWaiting.module.css';
import { useElapsedSeconds } from './use-elapsed.ts';

export interface PoolWaitingProps {
  /** The model's. */
  readonly name: string;
  readonly progress: Extract<
    NonNullable<AssistantMessage['progress']>,
    { readonly phase: 'queued' | 'loading' }
  >;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Out of the wait. */
  readonly ways: ReactNode;
}

/** Its place in line, or how far the model is loaded and where; as the router tells it. */
export function PoolWaiting({ name, progress, startedAt, ways }: PoolWaitingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = useElapsedSeconds(startedAt);
  const isLoading = progress.phase === 'loading';
  const title = isLoading
    ? t('chat.waiting.loadingAt', { model: name, machine: progress.machine })
    : t('chat.waiting.place', { place: format.count(progress.position) });
  const { etaMs } = progress;
  return (
    <section className={styles['card']} aria-label={title}>
      <div className={styles['head']}>
        <StateBadge tone={isLoading ? 'work' : 'waiting'}>{title}</StateBadge>
        <span className={styles['percent']}>
          {isLoading
            ? format.percent(progress.share)
            : t('chat.waiting.since', { seconds: format.count(seconds) })}
        </span>
      </div>
      {isLoading && <Progress label={title} share={progress.share} />}
      <p className={styles['note']}>
        {etaMs !== undefined && `${t('chat.waiting.about', { time: format.duration(etaMs) })} · `}
        {t(isLoading ? 'chat.waiting.loadingKept' : 'chat.waiting.kept')}
      </p>
      {ways}
    </section>
  );
}

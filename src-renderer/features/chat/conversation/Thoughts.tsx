import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import styles from './Steps.module.css';
import { useElapsedSeconds } from './use-elapsed.ts';

export interface ThoughtsProps {
  readonly text: string;
  /** Undefined while the model is still thinking, or when nobody measured it. */
  readonly durationMs: number | undefined;
  readonly isThinking: boolean;
}

/** What the model thought before it answered: one closed row. */
export function Thoughts({ text, durationMs, isThinking }: ThoughtsProps) {
  return (
    <details className={styles['step']}>
      <summary className={styles['summary']}>
        <Icon of={ChevronRight} className={styles['chevron']} />
        {isThinking ? <Thinking /> : <Thought durationMs={durationMs} />}
      </summary>
      {/* Reachable by keyboard, because it scrolls. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles['thought']} tabIndex={0} role="group">
        {text.trim()}
      </div>
    </details>
  );
}

function Thinking() {
  const { t } = useTranslation();
  const format = useFormat();
  const [startedAt] = useState(() => Date.now());
  const seconds = useElapsedSeconds(startedAt);
  return <span>{t('chat.thinking', { duration: format.count(seconds) })}</span>;
}

function Thought({ durationMs }: Pick<ThoughtsProps, 'durationMs'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (durationMs === undefined) return <span>{t('chat.thought')}</span>;
  return <span>{t('chat.thoughtFor', { duration: format.duration(durationMs) })}</span>;
}

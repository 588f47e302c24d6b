import { ArrowLeftRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import type { AssistantMessage } from '../types.ts';
import styles from './MovedNotes.module.css';

export interface MovedNotesProps {
  readonly answer: AssistantMessage;
}

/** Says where an answer went on when its machine was lost: while it runs, and for good afterwards. */
export function MovedNotes({ answer }: MovedNotesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { progress, receipt } = answer;
  const moves = receipt?.moves ?? (progress?.phase === 'moved' ? [progress] : []);
  return moves.map(({ from, to, atToken, pauseMs }) => (
    <p key={`${from} ${String(atToken)}`} role="note" className={styles['moved']}>
      <Icon of={ArrowLeftRight} size={14} />
      {t('chat.moved', {
        ...{ from, to },
        token: format.count(atToken),
        pause: format.duration(pauseMs),
      })}
    </p>
  ));
}

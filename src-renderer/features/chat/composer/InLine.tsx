import { Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { useChats } from '../state/chats.ts';
import { lineVerdict, sendFromLine } from '../state/line.ts';
import type { MessageInLine } from '../state/line.ts';
import styles from './InLine.module.css';

export interface InLineProps {
  readonly chatId: string;
  readonly message: MessageInLine;
  /** Takes the message back into the text field. */
  readonly onEdit: () => void;
  /** It was sent before its turn. */
  readonly onSent: () => void;
}

/** The message that waits for the answer above it, and why it does not go out by itself any more. */
export function InLine({ chatId, message, onEdit, onSent }: InLineProps) {
  const { t } = useTranslation();
  const answer = useChats((state) => state.open[chatId]?.messages[message.behindId]);
  const leafId = useChats((state) => state.open[chatId]?.leafId) ?? message.behindId;
  const isHeld = message.error !== undefined || lineVerdict(answer) === 'hold';
  const files = message.attachments.map(({ name }) => name).join(t('chat.file.separator'));
  return (
    <section className={styles['line']} aria-label={t('chat.line.region')}>
      <Icon of={Clock} className={styles['icon']} />
      <div className={styles['words']}>
        <p className={styles['text']}>{message.text.trim() === '' ? files : message.text}</p>
        <p className={styles['note']} role="status">
          {isHeld ? heldReason() : t('chat.line.waiting')}
        </p>
      </div>
      <div className={styles['deeds']}>
        {isHeld && (
          <Button
            size="row"
            onClick={() => {
              void sendFromLine(chatId, leafId);
              onSent();
            }}
          >
            {t('chat.line.sendNow')}
          </Button>
        )}
        <Button size="row" variant="quiet" onClick={onEdit}>
          {t('chat.action.edit')}
        </Button>
      </div>
    </section>
  );

  function heldReason(): string {
    if (message.error === undefined) return t('chat.line.held');
    return t('chat.line.failed', { reason: MillpondError.from(message.error).message });
  }
}

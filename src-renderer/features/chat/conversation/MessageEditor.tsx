import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { GrowingText } from '../composer/GrowingText.tsx';
import { useChosenModel } from '../composer/use-chosen-model.ts';
import { sendMessage } from '../state/deeds.ts';
import { endEdit } from '../state/view.ts';
import type { UserMessage } from '../types.ts';
import { FileChip } from './FileChip.tsx';
import styles from './Turn.module.css';

export interface MessageEditorProps {
  readonly message: UserMessage;
}

/** Writes another version of a message in its place. The first one stays, as a branch. */
export function MessageEditor({ message }: MessageEditorProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(message.text);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const model = useChosenModel(message.chatId);
  const sendWith = useSettings((state) => state.settings?.sendWith) ?? 'enter';
  const isEmpty = text.trim() === '' && message.attachments.length === 0;

  const send = () => {
    if (isEmpty || isSending || model === undefined) return;
    setSending(true);
    setError(undefined);
    sendMessage({
      chatId: message.chatId,
      parentId: message.parentId,
      text,
      attachmentIds: message.attachments.map(({ id }) => id),
      model: model.id,
    }).then(endEdit, (thrown: unknown) => {
      setSending(false);
      setError(thrown);
    });
  };

  return (
    <div className={styles['editor']}>
      <GrowingText
        label={t('chat.action.edit')}
        value={text}
        sendWith={sendWith}
        hasFocus
        onChange={setText}
        onSend={send}
        onCancel={endEdit}
      />
      {message.attachments.length > 0 && (
        <ul aria-label={t('chat.file.list')}>
          {message.attachments.map((attachment) => (
            <FileChip key={attachment.id} attachment={attachment} />
          ))}
        </ul>
      )}
      {error !== undefined && <ErrorNote error={error} title={t('chat.notSent')} />}
      <div className={styles['editorActions']}>
        <Button
          variant="primary"
          busyLabel={isSending ? t('chat.sending') : undefined}
          disabledReason={
            isEmpty ? t('chat.nothingToSend') : model === undefined ? t('chat.noModel') : undefined
          }
          onClick={send}
        >
          {t('chat.sendAsBranch')}
        </Button>
        <Button variant="quiet" onClick={endEdit}>
          {t('chat.cancel')}
        </Button>
      </div>
    </div>
  );
}

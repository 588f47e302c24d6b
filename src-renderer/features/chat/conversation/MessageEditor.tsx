import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { GrowingText } from '../composer/GrowingText.tsx';
import { useUnreachable } from '../composer/model-words.ts';
import { useChosenModel } from '../composer/use-chosen-model.ts';
import { sendMessage } from '../state/deeds.ts';
import { judgeSight } from '../state/sight.ts';
import { endEdit } from '../state/view.ts';
import type { Attachment, ChatModel, UserMessage } from '../types.ts';
import { MessageFiles } from './MessageFiles.tsx';
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
  const { attachments } = message;
  const offReason = useOffReason(text, attachments, model);
  const send = () => {
    if (offReason !== undefined || isSending || model === undefined) return;
    setSending(true);
    setError(undefined);
    sendMessage({
      chatId: message.chatId,
      parentId: message.parentId,
      text,
      attachmentIds: attachments.map(({ id }) => id),
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
      <MessageFiles attachments={attachments} />
      {error !== undefined && <ErrorNote error={error} title={t('chat.notSent')} />}
      <div className={styles['editorActions']}>
        <Button
          variant="primary"
          busyLabel={isSending ? t('chat.sending') : undefined}
          disabledReason={offReason}
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

/** Why the new version cannot be sent; undefined while it can. */
function useOffReason(
  text: string,
  attachments: readonly Attachment[],
  model: ChatModel | undefined,
): string | undefined {
  const { t } = useTranslation();
  const unreachable = useUnreachable(model);
  if (text.trim() === '' && attachments.length === 0) return t('chat.nothingToSend');
  if (model === undefined) return t('chat.noModel');
  if (unreachable !== undefined) return unreachable;
  const sight = judgeSight({ model, attachments, branch: [] });
  return sight === 'fine' ? undefined : t('chat.picture.blind', { model: model.name });
}

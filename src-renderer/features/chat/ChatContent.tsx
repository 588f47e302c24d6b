import { useMemo, useRef, useState } from 'react';
import type { DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { BetterModelCard } from './better-model/BetterModelCard.tsx';
import styles from './ChatPage.module.css';
import { ChatHeader } from './ChatHeader.tsx';
import { ChatProblem } from './ChatProblem.tsx';
import { Composer } from './composer/Composer.tsx';
import { useComposer } from './composer/use-composer.ts';
import { Conversation } from './conversation/Conversation.tsx';
import { EmptyChat } from './conversation/EmptyChat.tsx';
import { useChats } from './state/chats.ts';
import { visibleBranch } from './state/conversation.ts';
import type { Message } from './types.ts';

export interface ChatContentProps {
  readonly chatId: string | undefined;
}

const nothing: readonly Message[] = [];

/** One chat: its head, what was said, and where the next message is written. */
export function ChatContent({ chatId }: ChatContentProps) {
  const { t } = useTranslation();
  const conversation = useChats((state) => (chatId === undefined ? undefined : state.open[chatId]));
  const failure = useChats((state) => (chatId === undefined ? undefined : state.failures[chatId]));
  const branch = useMemo(
    () => (conversation === undefined ? nothing : visibleBranch(conversation)),
    [conversation],
  );
  const composer = useComposer(chatId, branch);
  const field = useRef<HTMLTextAreaElement>(null);
  const drop = useFileDrop(composer.pending.add);
  const isMissing = chatId !== undefined && conversation === undefined;

  return (
    <main
      id="content"
      className={styles['content']}
      aria-label={t('chat.region')}
      aria-busy={isMissing && failure === undefined}
      data-region
      tabIndex={-1}
      {...drop.handlers}
    >
      <ChatHeader chatId={chatId} />
      {isMissing ? (
        <ChatProblem chatId={chatId} error={failure} />
      ) : (
        <>
          {conversation !== undefined && branch.length > 0 ? (
            <Conversation conversation={conversation} branch={branch} />
          ) : (
            <EmptyChat
              chatId={chatId}
              model={composer.model}
              onSuggest={(text) => {
                composer.write(text);
                field.current?.focus();
              }}
            />
          )}
          <BetterModelCard chatId={chatId} hasTurns={branch.length > 0} />
          <Composer
            chatId={chatId}
            composer={composer}
            field={field}
            hasTurns={branch.length > 0}
          />
        </>
      )}
      {drop.isOver && <p className={styles['drop']}>{t('chat.composer.drop')}</p>}
    </main>
  );
}

/** Files may be dropped anywhere on the conversation. */
function useFileDrop(onFiles: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      const next = event.relatedTarget;
      if (!(next instanceof Node) || !event.currentTarget.contains(next)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      onFiles([...event.dataTransfer.files]);
    },
  };
  return { isOver, handlers };
}

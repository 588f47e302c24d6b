import { Menu as ListIcon, SlidersHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/IconButton.tsx';
import styles from './ChatPage.module.css';
import { ExportMenu } from './ExportMenu.tsx';
import { useChats } from './state/chats.ts';
import { toggleList, useLayout } from './state/layout.ts';

export interface ChatHeaderProps {
  readonly chatId: string | undefined;
}

/** The title of a chat, and what can be done with the whole of it. */
export function ChatHeader({ chatId }: ChatHeaderProps) {
  const { t } = useTranslation();
  const hasList = useLayout((layout) => layout.hasList);
  const hasPanel = useLayout((layout) => layout.hasPanel);
  const title = useChats((state) =>
    chatId === undefined
      ? undefined
      : (state.summaries?.find(({ id }) => id === chatId)?.title ?? state.open[chatId]?.chat.title),
  );
  return (
    <header className={styles['head']}>
      <IconButton
        icon={ListIcon}
        label={t('chat.shortcut.list')}
        shortcut="mod+B"
        className={hasList ? styles['listButtonNarrow'] : undefined}
        onClick={toggleList}
      />
      <h1 className={styles['title']} title={title}>
        {chatId === undefined || title === '' ? t('chat.newChat') : title}
      </h1>
      {chatId !== undefined && <ExportMenu chatId={chatId} />}
      <IconButton
        icon={SlidersHorizontal}
        label={t('chat.panel.open')}
        aria-pressed={hasPanel}
        onClick={() => {
          useLayout.setState({ hasPanel: !hasPanel });
        }}
      />
    </header>
  );
}

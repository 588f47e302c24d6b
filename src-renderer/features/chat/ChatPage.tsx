import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { useKey } from '../../ui/use-key.ts';
import { ChatContent } from './ChatContent.tsx';
import styles from './ChatPage.module.css';
import { useChosenModel } from './composer/use-chosen-model.ts';
import { ChatList } from './list/ChatList.tsx';
import { Drawer } from './list/Drawer.tsx';
import { SidePanel } from './panel/SidePanel.tsx';
import { fetchChat } from './state/chats.ts';
import { keepFollowing } from './state/following.ts';
import { toggleList, useLayout } from './state/layout.ts';

export interface ChatPageProps {
  /** Undefined is a chat that the first message will make. */
  readonly chatId?: string | undefined;
}

/** Asking, with the model as an instrument: list, conversation, parameters. */
export function ChatPage({ chatId }: ChatPageProps) {
  const { t } = useTranslation();
  const layout = useLayout();
  useEffect(keepFollowing, []);
  useEffect(() => {
    if (chatId !== undefined) void fetchChat(chatId);
  }, [chatId]);

  const startNew = () => {
    useLayout.setState({ hasDrawer: false });
    navigate({ page: 'chat' });
    // Also when it is on screen already: then the key means "let me write".
    document.querySelector<HTMLElement>('[data-composer] textarea')?.focus();
  };
  useShortcut({ keys: 'mod+N', keysInBrowser: 'alt+N', labelKey: 'chat.list.new', run: startNew });
  useShortcut({ keys: 'mod+B', labelKey: 'chat.shortcut.list', run: toggleList });

  const list = <ChatList currentId={chatId} onNew={startNew} />;
  return (
    <div className={styles['page']} data-panel={layout.hasPanel || undefined}>
      {layout.hasList && (
        <nav
          className={styles['list']}
          aria-label={t('chat.list.region')}
          data-region
          tabIndex={-1}
        >
          {list}
        </nav>
      )}
      {layout.hasDrawer && <Drawer label={t('chat.list.region')}>{list}</Drawer>}
      <ChatContent key={chatId ?? 'new'} chatId={chatId} />
      {layout.hasPanel && <Panel chatId={chatId} />}
    </div>
  );
}

/** The parameters, beside the conversation or over it. Escape closes what is open inside first. */
function Panel({ chatId }: ChatPageProps) {
  const { t } = useTranslation();
  const model = useChosenModel(chatId);
  const panel = useRef<HTMLElement>(null);
  const close = () => {
    useLayout.setState({ hasPanel: false });
  };
  useKey(panel, 'Escape', close);
  return (
    <aside
      ref={panel}
      className={styles['panel']}
      aria-label={t('chat.panel.title')}
      data-region
      tabIndex={-1}
    >
      <SidePanel chatId={chatId} model={model} onClose={close} />
    </aside>
  );
}

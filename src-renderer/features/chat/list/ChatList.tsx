import { SquarePen } from 'lucide-react';
import { useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { navigate } from '../../../router.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SearchField } from '../../../ui/SearchField.tsx';
import { useChats } from '../state/chats.ts';
import { useLayout } from '../state/layout.ts';
import { useView } from '../state/view.ts';
import type { ChatSummary } from '../types.ts';
import styles from './ChatList.module.css';
import { ChatRow } from './ChatRow.tsx';
import { groupChats } from './group-chats.ts';
import { SearchHit } from './SearchHit.tsx';
import { useChatSearch } from './use-chat-search.ts';

export interface ChatListProps {
  readonly currentId: string | undefined;
  readonly onNew: () => void;
}

/** Every conversation, by day, with a search over all they say. */
export function ChatList({ currentId, onNew }: ChatListProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const found = useChatSearch(search);

  const open = (chat: ChatSummary) => {
    useLayout.setState({ hasDrawer: false });
    if (chat.messageId !== undefined) {
      useView.setState({ jumpTo: { chatId: chat.id, messageId: chat.messageId } });
    }
    navigate({ page: 'chat', chatId: chat.id });
  };

  return (
    <div className={styles['list']}>
      <div className={styles['head']}>
        <SearchField
          label={t('chat.list.search')}
          shortcut="mod+K"
          value={search}
          onChange={setSearch}
        />
        <IconButton
          variant="plain"
          icon={SquarePen}
          label={t('chat.list.new')}
          shortcut="mod+N"
          onClick={onNew}
        />
      </div>
      {/* Arrows move between the rows, which are buttons of their own. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={list}
        className={styles['rows']}
        aria-busy={found.phase === 'searching'}
        onKeyDown={(event) => {
          moveFocus(event, list.current);
        }}
      >
        {found.phase === 'failed' && <ErrorNote error={found.error} />}
        {found.phase === 'found' && (
          <Hits chats={found.chats} currentId={currentId} onOpen={open} />
        )}
        {found.phase === 'idle' && <Groups currentId={currentId} onOpen={open} />}
      </div>
    </div>
  );
}

interface RowsProps {
  readonly currentId: string | undefined;
  readonly onOpen: (chat: ChatSummary) => void;
}

function Hits({
  chats,
  currentId,
  onOpen,
}: RowsProps & { readonly chats: readonly ChatSummary[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = { count: chats.length, chats: format.count(chats.length) };
  return (
    <>
      <p className={styles['heading']} role="status">
        {chats.length === 0 ? t('chat.list.nothingFound') : t('chat.list.found', count)}
      </p>
      <ul>
        {chats.map((chat) => (
          <SearchHit key={chat.id} chat={chat} isCurrent={chat.id === currentId} onOpen={onOpen} />
        ))}
      </ul>
    </>
  );
}

function Groups({ currentId, onOpen }: RowsProps) {
  const { t } = useTranslation();
  const summaries = useChats((state) => state.summaries);
  const [now] = useState(() => new Date());
  if (summaries === undefined) return null;
  if (summaries.length === 0) return <p className={styles['nothing']}>{t('chat.list.empty')}</p>;
  return groupChats(summaries, now).map((group) => (
    <section key={group.name} aria-label={t(`chat.list.group.${group.name}`)}>
      <h2 className={styles['heading']}>{t(`chat.list.group.${group.name}`)}</h2>
      <ul>
        {group.chats.map((chat) => (
          <ChatRow
            key={chat.id}
            chat={chat}
            group={group.name}
            isCurrent={chat.id === currentId}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </section>
  ));
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  if (event.target instanceof HTMLInputElement) return;
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const at = rows.findIndex((row) => row.parentElement?.contains(document.activeElement));
  const next = rows[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

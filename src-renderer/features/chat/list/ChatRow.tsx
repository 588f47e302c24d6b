import { CircleDashed, Ellipsis, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { navigate } from '../../../router.ts';
import { showToast } from '../../../state/toasts.ts';
import { classNames } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import { changeChat, removeChat, restoreChat } from '../state/deeds.ts';
import type { ChatSummary } from '../types.ts';
import styles from './ChatList.module.css';
import type { ChatGroupName } from './group-chats.ts';
import { RenameChat } from './RenameChat.tsx';

export interface ChatRowProps {
  readonly chat: ChatSummary;
  readonly group: ChatGroupName;
  readonly isCurrent: boolean;
  readonly onOpen: (chat: ChatSummary) => void;
}

/** One conversation of the list: F2 renames it, Delete deletes it, *More* offers both to the pointer. */
export const ChatRow = memo(function ChatRow({ chat, group, isCurrent, onOpen }: ChatRowProps) {
  const { t } = useTranslation();
  const [isRenaming, setRenaming] = useState(false);
  const remove = useRemoval(chat, isCurrent);
  if (isRenaming) {
    return (
      <li className={styles['row']}>
        <RenameChat
          title={chat.title}
          onDone={(title) => {
            setRenaming(false);
            // A refusal shows as the old title coming back.
            if (title !== undefined) changeChat(chat.id, { title }).catch(() => undefined);
          }}
        />
      </li>
    );
  }
  return (
    <li className={classNames(styles['row'], isCurrent && styles['current'])}>
      <button
        type="button"
        data-row
        className={styles['open']}
        aria-current={isCurrent ? 'page' : undefined}
        title={chat.title}
        onClick={() => {
          onOpen(chat);
        }}
        onDoubleClick={() => {
          setRenaming(true);
        }}
        onKeyDown={(event) => {
          if (event.key === 'F2') setRenaming(true);
          if (event.key === 'Delete') remove();
        }}
      >
        <span className={styles['title']}>{chat.title || t('chat.newChat')}</span>
        <When chat={chat} group={group} />
      </button>
      <RowMenu
        chat={chat}
        onRename={() => {
          setRenaming(true);
        }}
        onRemove={remove}
      />
    </li>
  );
});

interface RowMenuProps {
  readonly chat: ChatSummary;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function RowMenu({ chat, onRename, onRemove }: RowMenuProps) {
  const { t } = useTranslation();
  return (
    <span className={styles['more']}>
      <Menu
        trigger={
          <IconButton
            size="row"
            icon={Ellipsis}
            label={t('chat.list.more', { title: chat.title })}
          />
        }
      >
        <MenuItem icon={Pencil} shortcut="F2" onSelect={onRename}>
          {t('chat.list.rename')}
        </MenuItem>
        <MenuItem
          icon={chat.pinned ? PinOff : Pin}
          onSelect={() => {
            // A refusal shows as the pin going back to where it was.
            changeChat(chat.id, { pinned: !chat.pinned }).catch(() => undefined);
          }}
        >
          {t(chat.pinned ? 'chat.list.unpin' : 'chat.list.pin')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={Trash2} isDanger shortcut="Delete" onSelect={onRemove}>
          {t('chat.list.delete')}
        </MenuItem>
      </Menu>
    </span>
  );
}

function When({ chat, group }: Pick<ChatRowProps, 'chat' | 'group'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (chat.isRunning) {
    return (
      <span className={styles['running']} role="img" aria-label={t('chat.list.running')}>
        <Icon of={CircleDashed} size={14} />
      </span>
    );
  }
  if (group === 'pinned') return null;
  return <span className={styles['when']}>{timeOf(chat.updatedAt, group, format)}</span>;
}

function timeOf(at: number, group: ChatGroupName, format: ReturnType<typeof useFormat>): string {
  if (group === 'today' || group === 'yesterday') return format.time(at);
  if (group === 'week') {
    return new Intl.DateTimeFormat(format.locale, { weekday: 'short' }).format(at);
  }
  return format.moment(at, Date.now());
}

/** Deletes at once and offers the way back. */
function useRemoval(chat: ChatSummary, isCurrent: boolean): () => void {
  const { t } = useTranslation();
  return () => {
    removeChat(chat.id).then(
      () => {
        if (isCurrent) navigate({ page: 'chat' });
        showToast(t('chat.list.deleted', { title: chat.title }), () => {
          restoreChat(chat.id).then(
            () => {
              if (isCurrent) navigate({ page: 'chat', chatId: chat.id });
            },
            () => undefined, // It stays deleted; the list says so.
          );
        });
      },
      () => undefined, // It stays in the list.
    );
  };
}

import { Pencil } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/IconButton.tsx';
import { editMessage, useView } from '../state/view.ts';
import { switchBranch } from '../state/deeds.ts';
import { isSamePlace } from '../state/tree.ts';
import type { SiblingPlace } from '../state/tree.ts';
import type { UserMessage } from '../types.ts';
import { BranchSwitcher } from './BranchSwitcher.tsx';
import { CopyAction } from './CopyAction.tsx';
import { MessageEditor } from './MessageEditor.tsx';
import { MessageFiles } from './MessageFiles.tsx';
import actions from './Actions.module.css';
import styles from './Turn.module.css';

export interface UserTurnProps {
  readonly message: UserMessage;
  readonly place: SiblingPlace;
}

/** What a person wrote: a full-width block, because long prompts and code are normal here. */
export const UserTurn = memo(function UserTurn({ message, place }: UserTurnProps) {
  const { t } = useTranslation();
  const isEditing = useView((view) => view.editingId === message.id);
  const headingId = `turn-${message.id}`;
  return (
    <article aria-labelledby={headingId} className={styles['user']} data-turn={message.id}>
      <h2 id={headingId} className="visually-hidden">
        {t('chat.you')}
      </h2>
      {isEditing ? (
        <MessageEditor message={message} />
      ) : (
        <>
          <div className={styles['asked']}>
            {message.text !== '' && <p className={styles['question']}>{message.text}</p>}
            <MessageFiles attachments={message.attachments} />
          </div>
          <div className={actions['actions']} data-quiet={place.ids.length < 2 || undefined}>
            <BranchSwitcher
              place={place}
              onSwitch={(id) => {
                switchBranch(message.chatId, id);
              }}
            />
            <IconButton
              size="row"
              icon={Pencil}
              label={t('chat.action.edit')}
              onClick={() => {
                editMessage(message.id);
              }}
            />
            <CopyAction text={message.text} label={t('chat.action.copyMessage')} />
          </div>
        </>
      )}
    </article>
  );
}, isSameTurn);

/** Places are worked out anew with every token; only what they say counts. */
function isSameTurn(a: UserTurnProps, b: UserTurnProps): boolean {
  return a.message === b.message && isSamePlace(a.place, b.place);
}

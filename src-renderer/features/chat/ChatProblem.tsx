import { useTranslation } from 'react-i18next';
import type { MillpondError } from '../../../src-main/core/error.ts';
import { navigate } from '../../router.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import styles from './ChatPage.module.css';
import { fetchChat } from './state/chats.ts';

export interface ChatProblemProps {
  readonly chatId: string;
  /** Undefined while it is still on its way; then the place stays still. */
  readonly error: MillpondError | undefined;
}

/** Stands where a chat cannot be shown. */
export function ChatProblem({ chatId, error }: ChatProblemProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['problem']}>
      {error?.code === 'not-found' || error?.code === 'invalid-request' ? (
        <EmptyState
          title={t('chat.gone.title')}
          action={
            <Button
              onClick={() => {
                navigate({ page: 'chat' }, { replace: true });
              }}
            >
              {t('chat.list.new')}
            </Button>
          }
        >
          {t('chat.gone.text')}
        </EmptyState>
      ) : (
        error !== undefined && (
          <ErrorNote
            error={error}
            title={t('chat.gone.failed')}
            actions={
              <Button onClick={() => void fetchChat(chatId)}>{t('chat.action.tryAgain')}</Button>
            }
          />
        )
      )}
    </div>
  );
}

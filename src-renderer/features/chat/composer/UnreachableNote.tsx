import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { readyInstead } from '../state/model-choice.ts';
import { useLayout } from '../state/layout.ts';
import { useChatModels } from '../state/use-chat-models.ts';
import type { ChatModel } from '../types.ts';

export interface UnreachableNoteProps {
  /** By which *Send* names its reason. */
  readonly id: string;
  readonly model: ChatModel;
  readonly reason: string;
  readonly onChoose: (model: ChatModel) => void;
}

/** Says that the chosen model cannot be asked, and leaves it to the person to take another one. */
export function UnreachableNote({ id, model, reason, onChoose }: UnreachableNoteProps) {
  const { t } = useTranslation();
  const instead = readyInstead(useChatModels(), model.id);
  return (
    <div id={id}>
      <Note
        tone="slow"
        title={t('chat.unreachable.title', { model: model.name })}
        actions={
          <>
            {instead !== undefined && (
              <Button
                onClick={() => {
                  onChoose(instead);
                }}
              >
                {t('chat.waiting.instead', { model: instead.name })}
              </Button>
            )}
            <Button
              variant={instead === undefined ? 'plain' : 'quiet'}
              onClick={() => {
                useLayout.setState({ hasPicker: true });
              }}
            >
              {t('chat.unreachable.choose')}
            </Button>
          </>
        }
      >
        {reason}
      </Note>
    </div>
  );
}

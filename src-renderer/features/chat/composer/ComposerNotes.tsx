import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ContextNote } from './ContextNote.tsx';
import { SightNote } from './SightNote.tsx';
import { UnreachableNote } from './UnreachableNote.tsx';
import type { ChatModel } from '../types.ts';
import type { ComposerState } from './use-composer.ts';

export interface ComposerNotesProps {
  readonly composer: ComposerState;
  /** Of the note that says why nothing can be sent. */
  readonly blockerId: string;
  /** A model was chosen: back to writing. */
  readonly onWrite: () => void;
}

/** Above the text: what keeps the message from being sent, and what would be lost. */
export function ComposerNotes({ composer, blockerId, onWrite }: ComposerNotesProps) {
  const { t } = useTranslation();
  const { error, model, sight, unreachable, use } = composer;
  const choose = (chosen: ChatModel) => {
    composer.chooseModel(chosen);
    onWrite();
  };
  return (
    <>
      {error !== undefined && <ErrorNote error={error} title={t('chat.notSent')} />}
      {model !== undefined && unreachable !== undefined ? (
        <UnreachableNote id={blockerId} model={model} reason={unreachable} onChoose={choose} />
      ) : (
        <SightNote id={blockerId} verdict={sight} model={model} onChoose={choose} />
      )}
      <ContextNote use={use} model={model} />
    </>
  );
}

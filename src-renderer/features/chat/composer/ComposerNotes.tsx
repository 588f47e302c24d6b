import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ContextNote } from './ContextNote.tsx';
import { SightNote } from './SightNote.tsx';
import type { ComposerState } from './use-composer.ts';

export interface ComposerNotesProps {
  readonly composer: ComposerState;
  readonly sightNoteId: string;
  /** A model was chosen: back to writing. */
  readonly onWrite: () => void;
}

/** Above the text: what keeps the message from being sent, and what would be lost. */
export function ComposerNotes({ composer, sightNoteId, onWrite }: ComposerNotesProps) {
  const { t } = useTranslation();
  const { error, model, sight, use } = composer;
  return (
    <>
      {error !== undefined && <ErrorNote error={error} title={t('chat.notSent')} />}
      <SightNote
        id={sightNoteId}
        verdict={sight}
        model={model}
        onChoose={(chosen) => {
          composer.chooseModel(chosen);
          onWrite();
        }}
      />
      <ContextNote use={use} model={model} />
    </>
  );
}

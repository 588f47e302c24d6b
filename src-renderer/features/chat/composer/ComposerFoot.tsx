import { ArrowUp, ListEnd, Paperclip, Square } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import styles from './Composer.module.css';
import { ContextLevel } from './ContextLevel.tsx';
import { ModelPicker } from './ModelPicker.tsx';
import type { ComposerState } from './use-composer.ts';

export interface ComposerFootProps {
  readonly composer: ComposerState;
  readonly sendWith: 'enter' | 'ctrl-enter';
  /** The note that says why nothing can be sent, while it is there. */
  readonly blockerId: string | undefined;
  /** A model was chosen or an answer stopped: back to writing. */
  readonly onWrite: () => void;
}

/** Below the text: which model, files, how full its context is, and *Send* or *Stop* in one place. */
export function ComposerFoot({ composer, sendWith, blockerId, onWrite }: ComposerFootProps) {
  const { t } = useTranslation();
  const { model, pending, running, use } = composer;
  return (
    <div className={styles['foot']}>
      <ModelPicker model={model} onChoose={composer.chooseModel} onChosen={onWrite} />
      <AttachButton onFiles={pending.add} />
      <span className={styles['space']} />
      {use !== undefined && <ContextLevel use={use} />}
      {running === undefined ? (
        <IconButton
          type="submit"
          variant="primary"
          icon={ArrowUp}
          label={t('chat.composer.send')}
          shortcut={sendWith === 'enter' ? 'Enter' : 'mod+Enter'}
          aria-busy={composer.isSending}
          disabled={composer.isSending || !composer.canSend}
          aria-describedby={blockerId}
        />
      ) : (
        <>
          {composer.canSend && (
            <IconButton
              type="submit"
              icon={ListEnd}
              label={t('chat.composer.putInLine')}
              shortcut={sendWith === 'enter' ? 'Enter' : 'mod+Enter'}
            />
          )}
          <Button
            icon={Square}
            onClick={() => {
              composer.stop();
              onWrite();
            }}
          >
            {t('chat.composer.stop')}
          </Button>
        </>
      )}
    </div>
  );
}

function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const { t } = useTranslation();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
      <IconButton
        icon={Paperclip}
        label={t('chat.composer.attach')}
        onClick={() => {
          chooser.current?.click();
        }}
      />
    </>
  );
}

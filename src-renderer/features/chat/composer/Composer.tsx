import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { isMac } from '../../../ui/shortcut-keys.ts';
import styles from './Composer.module.css';
import { ContextLevel } from './ContextLevel.tsx';
import { ContextNote } from './ContextNote.tsx';
import { FileChips } from './FileChips.tsx';
import { GrowingText } from './GrowingText.tsx';
import { ModelPicker } from './ModelPicker.tsx';
import type { ComposerState } from './use-composer.ts';

export interface ComposerProps {
  readonly composer: ComposerState;
  /** The chat has messages already. */
  readonly hasTurns: boolean;
}

/** Where the next message is written. It can be written at any time, also while the model loads. */
export function Composer({ composer, hasTurns }: ComposerProps) {
  const { t } = useTranslation();
  const { model, pending, running, use } = composer;
  const sendWith = useSettings((state) => state.settings?.sendWith) ?? 'enter';
  const picker = useRef<HTMLInputElement>(null);
  const placeholder =
    model === undefined
      ? t('chat.composer.write')
      : t(hasTurns ? 'chat.composer.followUp' : 'chat.composer.writeTo', { model: model.name });
  return (
    <div className={styles['dock']} data-composer>
      {composer.error !== undefined && (
        <ErrorNote error={composer.error} title={t('chat.notSent')} />
      )}
      <ContextNote use={use} model={model} />
      <form
        className={styles['composer']}
        aria-label={t('chat.composer.region')}
        onSubmit={(event) => {
          event.preventDefault();
          composer.send();
        }}
      >
        <FileChips pending={pending} contextLength={model?.loaded?.contextLength} />
        <GrowingText
          ref={composer.field}
          label={t('chat.composer.label')}
          placeholder={placeholder}
          value={composer.text}
          sendWith={sendWith}
          hasFocus={composer.wantsFocus}
          onChange={composer.write}
          onSend={composer.send}
          onEditLast={composer.editLast}
          onFiles={pending.add}
        />
        <div className={styles['foot']}>
          <ModelPicker model={model} onChoose={composer.chooseModel} onChosen={composer.focus} />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              pending.add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <IconButton
            icon={Paperclip}
            label={t('chat.composer.attach')}
            onClick={() => {
              picker.current?.click();
            }}
          />
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
            />
          ) : (
            <Button icon={Square} onClick={composer.stop}>
              {t('chat.composer.stop')}
            </Button>
          )}
        </div>
      </form>
      <p className={styles['hint']}>
        {t(sendWith === 'enter' ? 'chat.composer.hintEnter' : 'chat.composer.hintControl', {
          control: isMac ? '⌘' : 'Ctrl',
        })}
      </p>
    </div>
  );
}

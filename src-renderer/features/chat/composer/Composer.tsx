import { useId } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useSettings } from '../../../state/settings.ts';
import { isMac } from '../../../ui/shortcut-keys.ts';
import styles from './Composer.module.css';
import { ComposerFoot } from './ComposerFoot.tsx';
import { ComposerNotes } from './ComposerNotes.tsx';
import { FileChips } from './FileChips.tsx';
import { GrowingText } from './GrowingText.tsx';
import { InLine } from './InLine.tsx';
import { ReadersLine } from './ReadersLine.tsx';
import type { ComposerState } from './use-composer.ts';

export interface ComposerProps {
  /** Undefined is a chat that the first message will make. */
  readonly chatId: string | undefined;
  readonly composer: ComposerState;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** The chat has messages already. */
  readonly hasTurns: boolean;
}

/** On a touch screen the focus would bring up the keyboard before anybody asked for it. */
const takesFocus = !matchMedia('(pointer: coarse)').matches;

interface HintProps {
  readonly sendWith: 'enter' | 'ctrl-enter';
  readonly isRunning: boolean;
}

/** What the Enter key does here. */
function Hint({ sendWith, isRunning }: HintProps) {
  const { t } = useTranslation();
  const control = isMac ? '⌘' : 'Ctrl';
  return <p className={styles['hint']}>{t(hintKey(sendWith, isRunning), { control })}</p>;
}

function hintKey(sendWith: 'enter' | 'ctrl-enter', isRunning: boolean): string {
  if (sendWith === 'enter') return `chat.composer.${isRunning ? 'lineEnter' : 'hintEnter'}`;
  return `chat.composer.${isRunning ? 'lineControl' : 'hintControl'}`;
}

/** Where the next message is written. It can be written at any time, also while the model loads. */
export function Composer({ chatId, composer, field, hasTurns }: ComposerProps) {
  const { t } = useTranslation();
  const { model, pending } = composer;
  const blockerId = useId();
  const isBlocked = composer.unreachable !== undefined || composer.sight !== 'fine';
  const sendWith = useSettings((state) => state.settings?.sendWith) ?? 'enter';
  const placeholder =
    model === undefined
      ? t('chat.composer.write')
      : t(hasTurns ? 'chat.composer.followUp' : 'chat.composer.writeTo', { model: model.name });
  const write = () => {
    if (takesFocus) field.current?.focus();
  };
  return (
    <div className={styles['dock']} data-composer>
      <ComposerNotes composer={composer} blockerId={blockerId} onWrite={write} />
      {chatId !== undefined && composer.inLine !== undefined && (
        <InLine
          chatId={chatId}
          message={composer.inLine}
          onEdit={() => {
            composer.takeBack();
            write();
          }}
          onSent={write}
        />
      )}
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
          field={field}
          label={t('chat.composer.label')}
          placeholder={placeholder}
          value={composer.text}
          sendWith={sendWith}
          hasFocus={takesFocus}
          onChange={composer.write}
          onSend={composer.send}
          onEditLast={composer.editLast}
          onFiles={pending.add}
        />
        <ComposerFoot
          composer={composer}
          sendWith={sendWith}
          blockerId={isBlocked ? blockerId : undefined}
          onWrite={write}
        />
      </form>
      <ReadersLine chatId={chatId} model={model} />
      <Hint sendWith={sendWith} isRunning={composer.running !== undefined} />
    </div>
  );
}

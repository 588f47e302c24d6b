import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createInputMethodGuard } from '../composer/input-method.ts';
import { TextInput } from '../../../ui/TextInput.tsx';

export interface RenameChatProps {
  readonly title: string;
  /** With the new title, or undefined when it stays as it is. */
  readonly onDone: (title: string | undefined) => void;
}

/** A chat's title, written in its place. Enter keeps it, Escape does not, leaving keeps it. */
export function RenameChat({ title, onDone }: RenameChatProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const [guard] = useState(createInputMethodGuard);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const keep = () => {
    const next = text.trim();
    onDone(next === '' || next === title ? undefined : next);
  };
  return (
    <TextInput
      ref={field}
      aria-label={t('chat.list.newTitle')}
      value={text}
      maxLength={200}
      onChange={(event) => {
        setText(event.target.value);
      }}
      onBlur={keep}
      onCompositionStart={guard.compositionStarted}
      onCompositionEnd={(event) => {
        guard.compositionEnded(event.timeStamp);
      }}
      onKeyDown={(event) => {
        if (guard.owns(event.nativeEvent)) return;
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') {
          event.stopPropagation();
          onDone(undefined);
        }
      }}
    />
  );
}

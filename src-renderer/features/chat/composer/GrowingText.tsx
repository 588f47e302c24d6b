import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, RefObject } from 'react';
import { composerDeed } from './composer-key.ts';
import { createInputMethodGuard } from './input-method.ts';
import styles from './GrowingText.module.css';
import { pastedFiles } from './pasted-files.ts';

export interface GrowingTextProps {
  /** Spoken name. */
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly sendWith: 'enter' | 'ctrl-enter';
  /** Takes the focus when it appears, with the caret behind the text. */
  readonly hasFocus?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: string) => void;
  readonly onSend: () => void;
  /** Arrow up in an empty field. */
  readonly onEditLast?: () => void;
  /** Escape. */
  readonly onCancel?: () => void;
  readonly onFiles?: (files: readonly File[]) => void;
  /** For whoever wants to give it the focus. */
  readonly field?: RefObject<HTMLTextAreaElement | null>;
}

/** A text field that grows with its text, up to 40 % of the window, and never sends half a word. */
export function GrowingText(props: GrowingTextProps) {
  const { label, value, placeholder, hasFocus = false, describedBy, onChange, onFiles } = props;
  const ownField = useRef<HTMLTextAreaElement>(null);
  const field = props.field ?? ownField;
  const [guard] = useState(createInputMethodGuard);
  useGrowth(field, value);
  useFirstFocus(field, hasFocus);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const native = event.nativeEvent;
    const isComposing = guard.owns(native);
    // The Enter that confirmed a composition must not break the line either, when it arrives late.
    if (isComposing && event.key === 'Enter' && !native.isComposing) event.preventDefault();
    if (event.key === 'Escape' && !isComposing && props.onCancel !== undefined) {
      event.stopPropagation();
      props.onCancel();
      return;
    }
    const deed = composerDeed(native, {
      sendWith: props.sendWith,
      isEmpty: value === '',
      isComposing,
    });
    if (deed === 'none' || (deed === 'edit-last' && props.onEditLast === undefined)) return;
    event.preventDefault();
    if (deed === 'send') props.onSend();
    else if (deed === 'edit-last') props.onEditLast?.();
    else insertNewline(event.currentTarget, onChange);
  };

  return (
    <textarea
      ref={field}
      className={styles['text']}
      rows={1}
      aria-label={label}
      aria-describedby={describedBy}
      placeholder={placeholder}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      onCompositionStart={guard.compositionStarted}
      onCompositionEnd={(event) => {
        guard.compositionEnded(event.timeStamp);
      }}
      onKeyDown={onKeyDown}
      onPaste={(event) => {
        const files = pastedFiles(event.clipboardData);
        if (files.length === 0 || onFiles === undefined) return;
        event.preventDefault();
        onFiles(files);
      }}
    />
  );
}

function insertNewline(field: HTMLTextAreaElement, onChange: (value: string) => void): void {
  field.setRangeText('\n', field.selectionStart, field.selectionEnd, 'end');
  onChange(field.value);
}

type Field = RefObject<HTMLTextAreaElement | null>;

function useGrowth(field: Field, value: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.setProperty('height', 'auto');
    element.style.setProperty('height', `${String(element.scrollHeight)}px`);
  }, [field, value]);
}

function useFirstFocus(field: Field, isWanted: boolean): void {
  useEffect(() => {
    const element = field.current;
    if (!isWanted || element === null) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, [field, isWanted]);
}

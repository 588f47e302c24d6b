import { useRef } from 'react';
import { Search } from 'lucide-react';
import { useShortcut } from '../state/shortcuts.ts';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { TextInput } from './TextInput.tsx';
import styles from './SearchField.module.css';

export interface SearchFieldProps {
  /** The placeholder and the spoken name. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The key that brings the focus here; `/` filters a page. */
  readonly shortcut?: string;
  /** Wide where searching is what the page is for. */
  readonly size?: 'normal' | 'wide';
  /** Enter: what was typed is meant as it stands. */
  readonly onEnter?: (value: string) => void;
  /** True when the pasted text was used in another way and must not land in the field. */
  readonly onPaste?: (text: string) => boolean;
  /** Why nothing can be searched now. */
  readonly disabledReason?: string | undefined;
}

/** Filters what is on the page while one types. Escape empties it. */
export function SearchField(props: SearchFieldProps) {
  const { label, value, onChange, shortcut = '/', size = 'normal', disabledReason } = props;
  const input = useRef<HTMLInputElement>(null);
  useShortcut({
    keys: shortcut,
    labelKey: 'frame.shortcuts.filter',
    run: () => {
      input.current?.focus();
      input.current?.select();
    },
  });
  return (
    <div className={classNames(styles['search'], styles[size])}>
      <Icon of={Search} className={styles['icon']} />
      <TextInput
        ref={input}
        type="search"
        aria-label={label}
        placeholder={disabledReason ?? label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        disabled={disabledReason !== undefined}
        onPaste={(event) => {
          const isUsed = props.onPaste?.(event.clipboardData.getData('text')) === true;
          if (isUsed) event.preventDefault();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) props.onEnter?.(value);
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
      />
      {value === '' && (
        <span className={styles['key']} aria-hidden>
          <Kbd keys={shortcut} />
        </span>
      )}
    </div>
  );
}

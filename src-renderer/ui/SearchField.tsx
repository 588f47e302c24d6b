import { useRef } from 'react';
import { Search } from 'lucide-react';
import { useShortcut } from '../state/shortcuts.ts';
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
}

/** Filters what is on the page while one types. Escape empties it. */
export function SearchField({ label, value, onChange, shortcut = '/' }: SearchFieldProps) {
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
    <div className={styles['search']}>
      <Icon of={Search} className={styles['icon']} />
      <TextInput
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onKeyDown={(event) => {
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

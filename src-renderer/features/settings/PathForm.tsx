import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import styles from './PathForm.module.css';

export interface PathFormProps {
  /** The placeholder and the spoken name. */
  readonly label: string;
  /** The deed. */
  readonly button: string;
  readonly value: string;
  readonly isBusy: boolean;
  readonly onChange: (value: string) => void;
  /** Called with the text, without the blanks around it; never with nothing unless that is allowed. */
  readonly onSubmit: (value: string) => void;
  readonly type?: 'text' | 'url' | 'password';
  readonly id?: string;
  readonly 'aria-describedby'?: string | undefined;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** A path, an address or a token that is typed to the end before anything is sent. */
export function PathForm(props: PathFormProps) {
  const { label, button, value, isBusy, onChange, onSubmit, type = 'text', children } = props;
  const text = value.trim();
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== '' && !isBusy) onSubmit(text);
      }}
    >
      <TextInput
        id={props.id}
        aria-label={props.id === undefined ? label : undefined}
        aria-describedby={props['aria-describedby']}
        type={type === 'password' ? 'password' : 'text'}
        inputMode={type === 'url' ? 'url' : undefined}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      {(text !== '' || isBusy) && (
        <Button type="submit" busyLabel={isBusy ? button : undefined}>
          {button}
        </Button>
      )}
      {children}
    </form>
  );
}
